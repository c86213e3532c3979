-- A handler that is no function.
-- as: source
-- ends: returns
return 'return { onGet = 7 }'

-- An onPut that returns a function.
-- as: source
-- ends: error
return 'return { onPut = function() return function() end end }'

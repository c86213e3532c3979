-- The same with `or`, as a value.
-- as: source
-- ends: returns
return 'local a return { x = ' .. ('a or '):rep(3200) .. 'a }'

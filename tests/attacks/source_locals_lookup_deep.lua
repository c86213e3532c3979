-- Names looked for through forty levels of variables.
-- as: source
-- ends: memory
local level = 'return function() local ' .. ('a,'):rep(35) .. 'a '
return level:rep(40) .. ('x=x '):rep(1500) .. (' end'):rep(40)

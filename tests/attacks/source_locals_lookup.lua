-- Names looked for through seven levels of 190 variables, until memory ends it.
-- as: source
-- ends: memory
-- bound: 10 ms
local names = {}
for i = 1, 190 do names[i] = 'a' end
local level = 'return function() local ' .. table.concat(names, ',') .. ' '
return level:rep(7) .. ('x=x '):rep(3000) .. (' end'):rep(7)

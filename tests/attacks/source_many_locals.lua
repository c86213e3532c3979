-- Too many variables.
-- as: source
-- ends: error
local parts = {}
for i = 1, 300 do parts[i] = 'local a' .. i end
return table.concat(parts, '\n')

-- Hundreds of constants that are all different.
-- as: source
-- ends: returns
local parts = {}
for i = 1, 800 do parts[i] = i .. '.5' end
return 'return {' .. table.concat(parts, ',') .. '}'

-- Hundreds of names that are all different.
-- as: source
-- ends: returns
local parts = {}
for i = 1, 600 do parts[i] = ('a%x=1 '):format(i) end
return table.concat(parts) .. ' return {}'

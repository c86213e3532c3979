-- Labels that are each compared with all before.
-- as: source
-- ends: returns
local parts = {}
for i = 1, 700 do parts[i] = '::l' .. i .. '::x=1 ' end
return table.concat(parts) .. ' return {}'

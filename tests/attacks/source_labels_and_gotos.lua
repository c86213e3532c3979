-- Labels and jumps, each of one looked for among the other.
-- as: source
-- ends: returns
local parts = {}
for i = 1, 300 do parts[i] = 'goto l' .. i .. ' ' end
for i = 1, 300 do parts[#parts + 1] = '::l' .. i .. '::x=1 ' end
return table.concat(parts) .. ' return {}'

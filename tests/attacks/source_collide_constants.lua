-- Constants that differ in their highest bits only.
-- as: source
-- ends: returns
local parts = {}
for i = 1, 700 do parts[i] = ('%d'):format(i << 50) end
return 'return {' .. table.concat(parts, ',') .. '}'

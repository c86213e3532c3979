-- Integers that are multiples of the sizes of tables.
-- ends: fuel
local t = {}
for i = 1, 1900 do t[i * 2047] = 1 end
while true do local n = t[1900 * 2047], t[2047], t[3000 * 2047] end

-- Floats that differ in their exponent and in bits that a hash may drop.
-- ends: fuel
local t = {}
for i = 1, 1900 do t[1.5 + i * 2.0 ^ -50] = 1 end
while true do local n = t[1.5 + 2.0 ^ -50], t[1.5 + 1900 * 2.0 ^ -50], t[1.5] end

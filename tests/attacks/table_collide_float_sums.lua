-- Floats whose mantissa and exponent add up to the same.
-- ends: fuel
local t = {}
local n = 0
for e = 1, 900 do
  local m = 0.5 + ((900 - e) * 2.0 ^ -31)
  if m < 1 then t[m * 2.0 ^ e] = 1 n = n + 1 end
end
local probe = (0.5 + 899 * 2.0 ^ -31) * 2.0
while true do local x = t[probe], t[probe + 0.25], t[probe + 0.125] end

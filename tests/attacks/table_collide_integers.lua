-- Integers that differ in their highest bits only.
-- ends: fuel
local t = {}
for i = 1, 1900 do t[i << 50] = 1 end
while true do
  local n = t[1900 << 50], t[3000 << 50], t[4000 << 50], t[5000 << 50]
end

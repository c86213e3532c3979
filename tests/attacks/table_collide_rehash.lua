-- A table of chosen keys that is rebuilt again and again.
-- ends: fuel
local t = {}
for i = 1, 1000 do t[i << 50] = 1 end
local n = 1000
while true do
  for i = 1, 40 do t[(n + i) << 50] = 1 t[(n + i) << 50] = nil end
  n = n + 40
end

-- Short strings kept as keys.
-- ends: memory
local t, n = {}, 0
while true do
  n = n + 1
  t['k' .. n] = true
end

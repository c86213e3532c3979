-- Timers without end.
-- ends: error
local n = 0
while true do
  n = n + 1
  dht.setTimer('t' .. n, { after = 1000000 })
end

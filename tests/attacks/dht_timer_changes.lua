-- Timers set and cancelled.
-- ends: fuel
local n = 0
while true do
  n = n + 1
  pcall(dht.setTimer, 't' .. n % 16, { every = 100 })
  pcall(dht.cancelTimer, 't' .. n % 50)
end

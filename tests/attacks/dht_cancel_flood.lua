-- Cancellations of timers that do not exist.
-- ends: error
local n = 0
while true do
  n = n + 1
  dht.cancelTimer('t' .. n)
end

-- Periods that are no numbers.
-- ends: fuel
local nan = 0 / 0
while true do
  pcall(dht.setTimer, 't', { after = nan })
  pcall(dht.setTimer, 't', { every = math.huge })
  pcall(dht.setTimer, 't', { after = -1 })
  pcall(dht.setTimer, 't', { every = 1e300 })
end

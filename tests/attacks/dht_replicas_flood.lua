-- Copies asked for without end, another number each time.
-- ends: fuel
local n = 0
while true do
  n = n + 1
  dht.replicas({ count = 1 + n % 7 })
end

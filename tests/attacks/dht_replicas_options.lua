-- Options without end.
-- ends: fuel
local options = { count = 1 }
for i = 1, 500 do options['k' .. i] = i end
while true do pcall(dht.replicas, options) end

-- Options without end.
-- ends: fuel
local options = {}
for i = 1, 500 do options['k' .. i] = i end
while true do pcall(dht.setTimer, 't', options) end

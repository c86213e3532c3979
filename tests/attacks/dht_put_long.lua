-- Long values sent.
-- ends: fuel
local s = ('x'):rep(40000)
while true do pcall(dht.put, dht.getKey(), s, function() end) end

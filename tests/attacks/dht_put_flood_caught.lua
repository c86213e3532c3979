-- Operations that are refused, again and again.
-- ends: fuel
while true do pcall(dht.put, dht.getKey(), 'x', function() end) end

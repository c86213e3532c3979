-- Operations sent without end.
-- ends: messages
while true do dht.put(dht.getKey(), 'x', function() end) end

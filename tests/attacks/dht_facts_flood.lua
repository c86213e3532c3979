-- Facts asked for without end.
-- ends: fuel
while true do local a = dht.caller(), dht.getID(), dht.getIP(), dht.getSystemTime() end

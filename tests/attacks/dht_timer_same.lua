-- One timer set again and again.
-- ends: fuel
while true do dht.setTimer('t', { after = 1000000 }) end

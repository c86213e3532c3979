-- More copies than there may be, without end.
-- ends: fuel
while true do pcall(dht.replicas, { count = 1000 }) end

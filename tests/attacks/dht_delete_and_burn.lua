-- A deletion that does not happen, because the turn is killed.
-- ends: fuel
dht.deleteSelf()
while true do end

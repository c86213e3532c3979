-- Keys that are not the object's, tried one after the other.
-- ends: fuel
local n = 0
while true do
  n = n + 1
  pcall(dht.get, 'key' .. n)
end

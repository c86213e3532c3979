-- Calls with a thousand arguments.
-- ends: fuel
local t = {}
for i = 1, 1000 do t[i] = i end
while true do pcall(dht.call, 'another', 'method', table.unpack(t)) end

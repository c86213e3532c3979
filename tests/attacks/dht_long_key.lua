-- Keys of tens of thousands of bytes.
-- ends: fuel
local s = ('k'):rep(30000)
while true do pcall(dht.get, s) pcall(dht.call, s, s) end

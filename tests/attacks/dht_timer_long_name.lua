-- Names of tens of thousands of bytes.
-- ends: fuel
local s = ('n'):rep(30000)
while true do pcall(dht.setTimer, s, { after = 1 }) pcall(dht.cancelTimer, s) end

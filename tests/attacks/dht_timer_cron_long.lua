-- A schedule of tens of thousands of bytes.
-- ends: fuel
local s = ('1,'):rep(15000) .. '1 * * * *'
while true do pcall(dht.setTimer, 't', { cron = s }) end

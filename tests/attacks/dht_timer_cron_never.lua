-- Times that never come.
-- ends: fuel
while true do pcall(dht.setTimer, 't', { cron = '0 0 30 2 *' }) end

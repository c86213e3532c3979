-- Times that come once in decades.
-- ends: fuel
while true do pcall(dht.setTimer, 't', { cron = '59 23 29 2 1' }) end

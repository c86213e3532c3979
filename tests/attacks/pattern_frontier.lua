-- A frontier at each place.
-- ends: fuel
while true do string.find(('a'):rep(5000), '%f[b]') end

-- Searches that are anchored and begin anew.
-- ends: fuel
local s = ('a'):rep(9000)
while true do s:find('^a*$') end

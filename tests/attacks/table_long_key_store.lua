-- Stores under a long text that is equal to the key.
-- ends: fuel
local t = { [('k'):rep(30000)] = 1 }
local key = ('k'):rep(30000)
while true do t[key] = 1 end

-- Steps from a long text that is equal to the key.
-- ends: fuel
local t = { [('k'):rep(30000)] = 1 }
local key = ('k'):rep(30000)
local step = next
while true do step(t, key) end

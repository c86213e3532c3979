-- The same by rawset.
-- ends: fuel
local t = { [('k'):rep(30000)] = 1 }
local key = ('k'):rep(30000)
local set = rawset
while true do set(t, key, 1) end

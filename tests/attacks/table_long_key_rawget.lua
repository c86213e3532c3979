-- The same by rawget.
-- ends: fuel
local t = { [('k'):rep(30000)] = 1 }
local key = ('k'):rep(30000)
local get = rawget
while get(t, key) do end

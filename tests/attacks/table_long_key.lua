-- Lookups by a long text that is equal to the key, but another object.
-- ends: fuel
local t = { [('k'):rep(30000)] = 1 }
local key = ('k'):rep(30000)
while t[key] do end

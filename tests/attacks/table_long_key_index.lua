-- A long name looked up in a table behind a table behind a table.
-- ends: fuel
local t = { [('k'):rep(20000)] = 1 }
for i = 1, 20 do t = setmetatable({}, { __index = t }) end
local key = ('k'):rep(20000)
while t[key] do end

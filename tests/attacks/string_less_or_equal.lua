-- Comparisons of long texts by order.
-- ends: fuel
local a = ('x'):rep(20000)
local b = ('x'):rep(20000)
while a <= b do end

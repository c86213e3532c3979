-- Comparisons of long texts that are equal.
-- ends: fuel
local a = ('x'):rep(20000)
local b = ('x'):rep(20000)
while a == b do end

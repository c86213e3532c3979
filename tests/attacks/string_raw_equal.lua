-- Comparisons of long texts by rawequal.
-- ends: fuel
local a = ('x'):rep(20000)
local b = ('x'):rep(20000)
local equal = rawequal
while equal(a, b) do end

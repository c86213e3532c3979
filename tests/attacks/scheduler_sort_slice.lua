-- Loops inside of comparisons, where they cannot be preempted.
-- ends: fuel
local t = {}
for i = 1, 100 do t[i] = -i end
table.sort(t, function(a, b) for i = 1, 500 do end return a < b end)

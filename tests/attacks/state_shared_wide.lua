-- Thousands of references to one table of numbers.
-- ends: returns
local t = {}
for i = 1, 120 do t[i] = i end
self.all = {}
for i = 1, 500 do self.all[i] = t end

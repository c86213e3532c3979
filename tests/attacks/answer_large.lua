-- An answer of thousands of numbers.
-- ends: returns
local t = {}
for i = 1, 4000 do t[i] = i end
return t

-- An answer of holes held thousands of times.
-- ends: error
local holes = {}
for i = 1, 500 do holes['k' .. i] = 1 end
for i = 1, 500 do holes['k' .. i] = nil end
local t = {}
for i = 1, 80 do t[i] = holes end
local all = {}
for i = 1, 70 do all[i] = t end
return all

-- A table of holes held forty thousand times.
-- ends: state
local holes = {}
for i = 1, 500 do holes['k' .. i] = 1 end
for i = 1, 500 do holes['k' .. i] = nil end
local t = {}
for i = 1, 200 do t[i] = holes end
self.all = {}
for i = 1, 200 do self.all[i] = t end

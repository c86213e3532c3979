-- A state that takes long to encode, after the fuel was burnt.
-- ends: returns
local t = {}
for i = 1, 120 do t[i] = i end
self.all = {}
for i = 1, 500 do self.all[i] = t end
while comet.fuel() > 2000 do local garbage = { {}, {}, 'x' .. comet.fuel() } end

-- An answer that takes long to convert, after the fuel was burnt.
-- ends: error
local holes = {}
for i = 1, 500 do holes['k' .. i] = 1 end
for i = 1, 500 do holes['k' .. i] = nil end
local t, all = {}, {}
for i = 1, 80 do t[i] = holes end
for i = 1, 70 do all[i] = t end
while comet.fuel() > 2000 do local garbage = { {}, {}, 'x' .. comet.fuel() } end
return all

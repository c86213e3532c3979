-- A table of holes that a table of tables holds thousands of times.
-- ends: fuel
local holes = {}
for i = 1, 500 do holes['k' .. i] = 1 end
for i = 1, 500 do holes['k' .. i] = nil end
local t = {}
for i = 1, 200 do t[i] = holes end
local all = {}
for i = 1, 200 do all[i] = t end
while true do pcall(comet.pack, all) end

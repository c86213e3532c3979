-- A list of numbers joined.
-- ends: fuel
local t = {}
for i = 1, 1000 do t[i] = i + 0.1 end
while true do local s = table.concat(t) end

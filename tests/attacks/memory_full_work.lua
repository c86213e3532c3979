-- Work in nearly full memory: every request may need a collection.
-- ends: fuel
local keep = {}
pcall(function() while true do keep[#keep + 1] = { {} } end end)
for i = 1, 20 do keep[#keep] = nil end
while true do local s = { {}, {} } end

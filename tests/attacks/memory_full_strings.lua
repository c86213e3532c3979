-- Strings made in nearly full memory.
-- ends: fuel
local keep = {}
pcall(function() while true do keep[#keep + 1] = {} end end)
for i = 1, 60 do keep[#keep] = nil end
local n = 0
while true do n = n + 1 local s = 'n' .. n end

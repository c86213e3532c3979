-- Integers that differ in their lowest bits.
-- ends: fuel
local t = {}
for i = 1, 1900 do t[-i] = 1 end
local get = 0
while true do get = t[-1900] end

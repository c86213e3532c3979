-- The same by rawlen.
-- ends: fuel
local t = {}
for i = 0, 61 do t[1 << i] = 1 end
local length = rawlen
while true do length(t) end

-- A table of a thousand entries encoded.
-- ends: fuel
local t = {}
for i = 1, 700 do t['k' .. i] = i end
while true do comet.pack(t) end

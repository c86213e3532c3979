-- Steps over a table of holes.
-- ends: fuel
local t = {}
for i = 1, 2000 do t[i] = i end
for i = 1, 2000 do t[i] = nil end
while true do next(t) end

-- A chain of __newindex tables.
-- ends: fuel
local c = {}
for i = 1, 400 do c = setmetatable({}, { __newindex = c }) end
while true do c.x = 1 c.x = nil end

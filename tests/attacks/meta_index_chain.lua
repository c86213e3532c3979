-- A chain of 400 tables looked through for a name that is not there.
-- ends: fuel
local c = {}
for i = 1, 400 do c = setmetatable({}, { __index = c }) end
while true do local x = c.missing end

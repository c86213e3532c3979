-- Joins of tens of thousands of bytes.
-- ends: fuel
local s = ('x'):rep(15000)
while true do local t = s .. 'y' end

-- Changes of case.
-- ends: fuel
local s = ('x'):rep(9000)
while true do local t = s:upper():lower() end

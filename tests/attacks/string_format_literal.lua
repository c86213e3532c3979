-- A format of nothing but text.
-- ends: fuel
local s = ('x'):rep(9000)
while true do local t = string.format(s) end

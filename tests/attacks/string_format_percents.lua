-- A format of nothing but percent signs.
-- ends: fuel
local s = ('%%'):rep(9000)
while true do local t = string.format(s) end

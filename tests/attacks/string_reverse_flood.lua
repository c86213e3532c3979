-- Reversals.
-- ends: fuel
local s = ('x'):rep(9000)
while true do string.reverse(s) end

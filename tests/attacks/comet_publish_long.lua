-- As many long publications as are allowed, and more.
-- ends: fuel
local s = ('x'):rep(40000)
while true do pcall(comet.publish, s, s) end

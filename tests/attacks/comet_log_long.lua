-- Log lines of tens of thousands of bytes.
-- ends: fuel
local s = ('x'):rep(20000)
while true do comet.log(s) end

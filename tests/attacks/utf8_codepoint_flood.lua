-- Two thousand code points at once.
-- ends: fuel
local s = ('a'):rep(2000)
while true do utf8.codepoint(s, 1, -1) end

-- Lengths of texts of some thousand characters.
-- ends: fuel
local s = ('a'):rep(9000)
while true do utf8.len(s) end

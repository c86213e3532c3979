-- Digests of long texts.
-- ends: fuel
local s = ('x'):rep(9000)
while true do comet.sha256(s) end

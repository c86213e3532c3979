-- Keyed digests of long texts with long keys.
-- ends: fuel
local s = ('x'):rep(20000)
while true do comet.hmac(s, s) end

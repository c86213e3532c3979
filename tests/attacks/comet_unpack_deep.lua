-- Arrays deeper than what is decoded.
-- ends: fuel
local p = ('\x91'):rep(9000)
while true do pcall(comet.unpack, p) end

-- Values decoded.
-- ends: fuel
local p = comet.pack({ 1, 2, { 3 } })
while true do comet.unpack(p) end

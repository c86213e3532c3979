-- Values that are found malformed at their end.
-- ends: fuel
local p = comet.pack({ ('x'):rep(5000) }) .. '\1'
while true do pcall(comet.unpack, p) end

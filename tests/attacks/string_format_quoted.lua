-- Quoted texts of zero bytes.
-- ends: fuel
local s = ('\0'):rep(9000)
while true do local t = string.format('%q', s) end

-- Bit operations that read long numerals each time.
-- ends: error
local s = ('0'):rep(998) .. '1'
while true do local n = s | s & s ~ s << 0 end

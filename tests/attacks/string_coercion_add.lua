-- Arithmetic that reads long numerals each time.
-- ends: fuel
local s = '1' .. ('0'):rep(900)
while true do local n = s + s * s - s end

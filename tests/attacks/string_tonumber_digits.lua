-- Numerals of 900 digits read as numbers.
-- ends: fuel
local s = ('7'):rep(900)
while true do local n = tonumber(s) end

-- Numerals of a base of their own.
-- ends: fuel
local s = ('z'):rep(900)
while true do local n = tonumber(s, 36) end

-- Hexadecimal numerals of 900 digits.
-- ends: fuel
local s = '0x' .. ('f'):rep(900) .. '.8p-3000'
while true do local n = tonumber(s) end

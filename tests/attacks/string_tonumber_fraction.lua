-- Fractions of 900 digits read as numbers.
-- ends: fuel
local s = '0.' .. ('7'):rep(900) .. 'e-90'
while true do local n = tonumber(s) end

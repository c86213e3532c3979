-- A numeral made negative each time.
-- ends: fuel
local s = '0.' .. ('3'):rep(900)
while true do local n = -s end

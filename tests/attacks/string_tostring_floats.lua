-- Text made of numbers with many digits.
-- ends: fuel
local n = 5e-324
while true do local s = tostring(n) end

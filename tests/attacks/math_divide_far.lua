-- Whole quotients of numbers far apart.
-- ends: fuel
local a, b = 1e308, 5e-324
while true do local n = a // b end

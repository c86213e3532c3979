-- Remainders of numbers that are 2,000 powers of two apart.
-- ends: fuel
local a, b = 1e308, 5e-324
while true do local n = a % b end

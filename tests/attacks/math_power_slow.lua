-- Powers and roots of awkward numbers.
-- ends: fuel
local a = 1 + 2.0 ^ -52
while true do local n = a ^ 1e15, 5e-324 ^ 0.3, (2 - 2.0 ^ -52) ^ 1023.9 end

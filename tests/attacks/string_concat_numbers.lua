-- Joins of long numbers.
-- ends: fuel
local n = 1.2345678901234567e-300
while true do local s = n .. n .. n .. n .. n .. n .. n .. n .. n .. n .. n .. n .. n .. n .. n end

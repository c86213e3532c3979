-- Floats quoted as hexadecimal numerals.
-- ends: fuel
while true do local t = string.format('%q%q%q%q', 1e-300, 1e300, 0.1, 5e-324) end

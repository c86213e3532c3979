-- Hexadecimal floats.
-- ends: fuel
while true do local s = string.format('%99.99a', 1 / 3) end

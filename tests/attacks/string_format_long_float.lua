-- Floats with 99 digits before and after the point.
-- ends: fuel
while true do local s = string.format('%99.99f', 1e300) end

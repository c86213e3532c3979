-- A float loop whose step is lost in its rounding.
-- ends: fuel
for i = 1e308, math.huge, 1 do end

-- A loop over all integers.
-- ends: fuel
for i = math.mininteger, math.maxinteger do end

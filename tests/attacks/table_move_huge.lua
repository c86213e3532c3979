-- A move of all integers.
-- ends: fuel
table.move({}, 1, math.maxinteger - 1, 2)

-- An integer loop at the end of its range does not wrap around and start again.
-- ends: returns
local rounds = 0
for i = math.maxinteger - 2, math.maxinteger do rounds = rounds + 1 end
for i = math.mininteger + 2, math.mininteger, -1 do rounds = rounds + 1 end
for i = 1, 3, math.maxinteger do rounds = rounds + 1 end
return rounds

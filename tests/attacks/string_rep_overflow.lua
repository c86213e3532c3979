-- A repetition whose size overflows.
-- ends: error
return string.rep('abc', math.maxinteger, ',')

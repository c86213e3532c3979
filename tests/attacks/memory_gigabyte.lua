-- A string of a gigabyte.
-- ends: memory
return string.rep('x', 1e9)

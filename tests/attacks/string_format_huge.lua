-- A text of a gigabyte made of formatted numbers.
-- ends: memory
return string.format('%99d', 1):rep(1e7)

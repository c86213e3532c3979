-- A repetition of nothing, 2^62 times.
-- ends: returns
return '<' .. string.rep('', 1 << 62) .. '>'

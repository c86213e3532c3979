-- An answer of a thousand names to be put in order.
-- ends: returns
local t = {}
for i = 1, 900 do t['k' .. (i * 7919) % 1000] = i end
return t

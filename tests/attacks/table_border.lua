-- The border of a table of powers of two.
-- ends: fuel
local t = {}
for i = 0, 40 do t[1 << i] = 1 end
while true do local n = #t end

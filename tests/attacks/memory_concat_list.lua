-- A joined list that becomes its own first item.
-- ends: memory
local t = {}
for i = 1, 1000 do t[i] = ('x'):rep(50) end
while true do t[1] = table.concat(t) end

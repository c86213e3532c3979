-- A join of empty texts by a long separator.
-- ends: memory
local t = {}
for i = 1, 1000 do t[i] = '' end
while true do pcall(table.concat, t, ('x'):rep(1000)) end

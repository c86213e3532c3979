-- Yields that pass four hundred values.
-- ends: fuel
local list = {}
for i = 1, 400 do list[i] = i end
local co = coroutine.wrap(function(...) while true do coroutine.yield(table.unpack(list)) end end)
while true do co() end

-- A log line of a thousand arguments.
-- ends: fuel
local t = {}
for i = 1, 1000 do t[i] = true end
while true do comet.log(table.unpack(t)) end

-- A chain of two hundred protected calls that shifts a thousand arguments.
-- ends: fuel
local chain = {}
for i = 1, 150 do chain[i] = pcall end
for i = 151, 1200 do chain[i] = type end
while true do pcall(table.unpack(chain)) end

-- Lengths asked by library functions.
-- ends: fuel
local t = {}
for i = 0, 61 do t[1 << i] = 1 end
while true do pcall(table.unpack, t) pcall(table.insert, t, 1) pcall(table.concat, t) end

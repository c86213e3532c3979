-- Ranges that overflow.
-- ends: fuel
local edge = math.maxinteger
while true do
  pcall(table.unpack, {}, -edge, edge)
  pcall(table.unpack, {}, edge - 1, edge)
  pcall(table.unpack, {}, 1, 3000)
end

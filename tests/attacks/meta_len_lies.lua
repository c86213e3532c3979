-- A length of the largest integer.
-- ends: fuel
local t = setmetatable({}, { __len = function() return math.maxinteger end })
while true do
  pcall(table.insert, t, 1)
  pcall(table.unpack, t)
  pcall(ipairs, t)
  pcall(table.concat, t, '', 1, 3)
end

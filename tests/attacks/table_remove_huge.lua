-- A removal before all integers.
-- ends: fuel
table.remove(setmetatable({}, { __len = function() return math.maxinteger end,
  __newindex = function() end }), 1)

-- A sort of two thousand million items that are not there.
-- ends: fuel
table.sort(setmetatable({}, { __len = function() return 2147483646 end,
  __index = function() return 1 end }), rawequal)

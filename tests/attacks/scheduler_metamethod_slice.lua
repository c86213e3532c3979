-- A loop inside of a metamethod that a library called.
-- ends: fuel
local t = setmetatable({}, { __index = function() for i = 1, 1e9 do end end,
  __len = function() return 9 end })
table.concat(t)

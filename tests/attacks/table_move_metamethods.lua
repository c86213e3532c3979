-- A move through metamethods of the library.
-- ends: fuel
local t = setmetatable({}, { __index = math.abs, __newindex = rawequal })
while true do pcall(table.move, t, 1, 2000, 2, t) end

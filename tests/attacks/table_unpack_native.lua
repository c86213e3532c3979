-- Values unpacked through an __index of the library.
-- ends: fuel
local t = setmetatable({}, { __index = math.max })
while true do pcall(table.unpack, t, 1, 2000) end

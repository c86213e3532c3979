-- The same, begun again after each failure.
-- ends: fuel
local t = setmetatable({}, { __index = table.concat })
while true do pcall(table.concat, t, '', 1, math.maxinteger) end

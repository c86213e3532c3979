-- A __tostring that asks for itself.
-- ends: fuel
local t = setmetatable({}, { __tostring = function(t) return tostring(t) end })
while true do pcall(tostring, t) end

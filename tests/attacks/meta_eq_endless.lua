-- A comparison that never returns.
-- ends: fuel
local t = setmetatable({}, { __eq = function() while true do end end })
return t == setmetatable({}, getmetatable(t))

-- A comparison that compares again.
-- ends: fuel
local mt = {}
mt.__eq = function(a, b) return a == setmetatable({}, mt) end
while true do pcall(function() return setmetatable({}, mt) == setmetatable({}, mt) end) end

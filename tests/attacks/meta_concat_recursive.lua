-- A join that joins again, from right to left.
-- ends: fuel
local mt = {}
mt.__concat = function(a, b) return a .. setmetatable({}, mt) end
while true do pcall(function() return setmetatable({}, mt) .. 'x' .. 1 .. 'y' end) end

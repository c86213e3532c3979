-- An order that asks for itself, upside down.
-- ends: fuel
local mt = {}
mt.__lt = function(a, b) return b > a end
mt.__le = function(a, b) return b >= a end
while true do
  pcall(function() return setmetatable({}, mt) < setmetatable({}, mt) end)
  pcall(function() return setmetatable({}, mt) <= setmetatable({}, mt) end)
end

-- Arithmetic on values that are not numbers, through metamethods.
-- ends: fuel
local mt = {}
for _, name in ipairs { 'add', 'sub', 'mul', 'div', 'mod', 'pow', 'unm', 'idiv', 'band', 'bor' } do
  mt['__' .. name] = function(a) return a end
end
local t = setmetatable({}, mt)
while true do t = -(t + 1 - 1 * t / 1 % t ^ 1 // 1 & 1 | t) end

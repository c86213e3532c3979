-- A function that asks for its five hundred arguments again and again.
-- ends: fuel
local function f(...) while true do local a, b = select('#', ...), ... end end
f(table.unpack({}, 1, 500))

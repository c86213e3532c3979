-- Tail calls without end take no stack.
-- ends: fuel
local function f(n) return f(n + 1) end
return f(0)

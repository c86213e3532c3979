-- A recursion through pcall that goes on after each failure.
-- ends: memory
local function f() return pcall(f) and f() end
while true do f() end

-- Coroutines within coroutines, until the nesting is refused.
-- ends: memory
local function f() return coroutine.wrap(f)() end
while true do pcall(f) end

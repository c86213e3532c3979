-- Coroutines that die by an error, with a trace to unwind.
-- ends: fuel
local function body() local function f(n) if n == 0 then error('x') end f(n - 1) end f(10) end
while true do coroutine.resume(coroutine.create(body)) end

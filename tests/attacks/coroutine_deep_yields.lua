-- Values passed out through a chain of coroutines 40 deep.
-- ends: fuel
local function level(n)
  if n == 0 then while true do coroutine.yield(1) end end
  local inner = coroutine.wrap(function() level(n - 1) end)
  while true do coroutine.yield(inner()) end
end
local outer = coroutine.wrap(function() level(40) end)
while true do outer() end

-- A chain of coroutines 60 deep that is preempted at its end.
-- ends: fuel
local function level(n)
  if n == 0 then while true do end end
  return coroutine.wrap(function() return level(n - 1) end)()
end
return level(60)

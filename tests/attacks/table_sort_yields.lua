-- A comparison that yields.
-- ends: error
return coroutine.wrap(function()
  table.sort({ 3, 1, 2 }, function() coroutine.yield() end)
end)()

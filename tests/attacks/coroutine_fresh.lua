-- Each coroutine runs a little, so that a counter for each would see nothing.
-- ends: fuel
while true do
  coroutine.wrap(function() local n = 0 for i = 1, 220 do n = n + i end end)()
end

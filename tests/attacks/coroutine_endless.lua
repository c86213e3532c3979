-- An endless loop in a coroutine.
-- ends: fuel
while true do coroutine.wrap(function() while true do end end)() end

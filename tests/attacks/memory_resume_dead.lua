-- A dead coroutine resumed in full memory: its error message has no room.
-- ends: returns
local co = coroutine.create(function() end)
coroutine.resume(co)
local h
pcall(function() while true do h = { h } end end)
local g
pcall(function() while true do local o = g g = function() return o end end end)
pcall(coroutine.resume, co)
return 'alive'

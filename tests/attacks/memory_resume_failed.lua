-- A failed coroutine resumed in full memory.
-- ends: returns
local co = coroutine.create(function() error {} end)
coroutine.resume(co)
local r = coroutine.resume
local h
for i = 1, 3 do pcall(function() while true do h = { h } end end) end
pcall(function() while true do h = function() return h end end end)
r(co)
return 'alive'

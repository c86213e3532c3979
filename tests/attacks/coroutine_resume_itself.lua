-- A coroutine that resumes itself and those that wait for it.
-- ends: fuel
local co
co = coroutine.create(function() while true do coroutine.resume(co) end end)
coroutine.resume(co)

-- Resumes of a dead coroutine.
-- ends: fuel
local co = coroutine.create(function() end)
coroutine.resume(co)
while true do coroutine.resume(co) end

-- A coroutine among the data.
-- ends: state
self.task = coroutine.create(function() end)

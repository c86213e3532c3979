-- Yields from metamethods that a library called cannot pass it.
-- ends: error
local t = setmetatable({}, { __len = function() coroutine.yield() return 3 end })
local co = coroutine.wrap(function() return table.unpack(t) end)
co()

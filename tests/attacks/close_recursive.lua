-- Each close opens another variable to close.
-- ends: error
local mt = {}
mt.__close = function() local x <close> = setmetatable({}, mt) end
local x <close> = setmetatable({}, mt)

-- A finaliser.
-- ends: error
setmetatable({}, { __gc = function() while true do end end })

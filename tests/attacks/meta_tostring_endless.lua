-- A __tostring that never returns.
-- ends: fuel
return tostring(setmetatable({}, { __tostring = function() while true do end end }))

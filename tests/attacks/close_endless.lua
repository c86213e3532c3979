-- A closing variable that never closes.
-- ends: fuel
local x <close> = setmetatable({}, { __close = function() while true do end end })

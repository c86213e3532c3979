-- A metamethod that never returns.
-- ends: fuel
return setmetatable({}, { __index = function() while true do end end }).x

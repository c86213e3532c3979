-- A generic loop whose fourth value never closes.
-- ends: fuel
local guard = setmetatable({}, { __close = function() while true do end end })
for i in function() return nil end, nil, nil, guard do end

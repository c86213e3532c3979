-- Log lines of values whose __tostring never returns.
-- ends: fuel
comet.log(setmetatable({}, { __tostring = function() while true do end end }))

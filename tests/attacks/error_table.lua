-- An error that is no string is reported without running the script.
-- ends: error
error(setmetatable({}, { __tostring = function() while true do end end }))

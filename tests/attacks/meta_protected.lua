-- Protected metatables stay.
-- ends: error
setmetatable(setmetatable({}, { __metatable = 1 }), {})

-- A table that is its own __index.
-- ends: error
local t = setmetatable({}, {})
getmetatable(t).__index = t
return t.x

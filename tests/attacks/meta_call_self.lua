-- A table that is its own __call.
-- ends: fuel
local t = setmetatable({}, {})
getmetatable(t).__call = t
return t()

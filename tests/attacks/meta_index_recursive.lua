-- An __index function that indexes its table.
-- ends: error
local t = setmetatable({}, {})
getmetatable(t).__index = function(s, k) return s[k] end
return t.x

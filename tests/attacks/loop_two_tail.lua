-- Two functions that call each other's tail.
-- ends: fuel
local a, b
a = function(...) return b(...) end
b = function(...) return a(...) end
return a(1, 2, 3)

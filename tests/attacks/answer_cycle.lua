-- An answer with a cycle.
-- ends: error
local t = {}
t.t = t
return t

-- An answer that repeats a long text.
-- ends: error
local s = ('x'):rep(20000)
return { s, s, s, s, s, s, s, s, s, s }

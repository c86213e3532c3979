-- Thirty captures of each match.
-- ends: fuel
local s = ('x'):rep(4000)
local p = ('(.)'):rep(30)
while true do for a in s:gmatch(p) do end end

-- A long text encoded many times over.
-- ends: fuel
local s = ('x'):rep(9000)
local t = { s, s, s, s, s, s, s, s, s, s }
while true do pcall(comet.pack, t) end

-- A table that holds itself.
-- ends: fuel
local t = {}
t.t = t
while true do pcall(comet.pack, t) end

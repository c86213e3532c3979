-- A table too large to be encoded.
-- ends: fuel
local s = ('x'):rep(1000)
local t = {}
for i = 1, 2000 do t[i] = s end
while true do pcall(comet.pack, t) end

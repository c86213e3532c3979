-- Bytes as numbers, three thousand at a time.
-- ends: fuel
local s = ('x'):rep(3000)
while true do pcall(string.byte, s, 1, -1) end

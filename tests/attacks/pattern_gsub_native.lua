-- A replacement by a function of the library.
-- ends: fuel
local s = ('x'):rep(2000)
while true do string.gsub(s, '.', string.upper) end

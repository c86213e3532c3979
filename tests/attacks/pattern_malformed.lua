-- Patterns that are found malformed at their end.
-- ends: fuel
local p = ('%a'):rep(5000) .. '['
while true do pcall(string.find, ('a'):rep(5000), p) end

-- Errors with long messages, to which each level adds its line.
-- ends: fuel
local text = ('x'):rep(9000)
while true do pcall(error, text) end

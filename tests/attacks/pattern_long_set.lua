-- A set of some thousand bytes tried at each place.
-- ends: fuel
local set = '[' .. ('xyz'):rep(3000) .. ']'
string.find(('a'):rep(9000), set)

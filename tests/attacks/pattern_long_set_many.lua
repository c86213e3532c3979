-- A long set passed over for each item after it.
-- ends: fuel
local set = '[' .. ('xyz'):rep(300) .. ']?'
string.find(('a'):rep(9000), set:rep(10) .. 'b')

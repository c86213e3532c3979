-- A replacement looked up in a table of long names.
-- ends: fuel
local s = ('x'):rep(9000)
local t = { [s] = 'y' }
local other = ('x'):rep(9000)
while true do string.gsub(other, '.*', t) end

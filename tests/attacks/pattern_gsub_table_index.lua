-- A replacement looked up through a chain of tables.
-- ends: fuel
local c = {}
for i = 1, 200 do c = setmetatable({}, { __index = c }) end
local s = ('abcdefgh'):rep(100)
while true do string.gsub(s, '.', c) end

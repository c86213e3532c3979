-- A text of continuation bytes only.
-- ends: fuel
local codes = utf8.codes('')
while true do pcall(codes, '\x80' .. ('\x80'):rep(9000), 1) end

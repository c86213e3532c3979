-- Offsets counted through thousands of continuation bytes.
-- ends: fuel
local s = 'a' .. ('\x80'):rep(20000) .. 'b'
while true do utf8.offset(s, 2) utf8.offset(s, -2) end

-- Thousands of empty tables.
-- ends: memory
local p = '\xdc\x07\xd0' .. ('\x80'):rep(2000)
while true do pcall(comet.unpack, p) end

-- Texts of two hundred code points.
-- ends: fuel
local codes = {}
for i = 1, 200 do codes[i] = 0x7FFFFFFF end
while true do local s = utf8.char(table.unpack(codes)) end

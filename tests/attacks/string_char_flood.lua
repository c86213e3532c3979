-- Texts of a thousand bytes each given as a number.
-- ends: fuel
local codes = {}
for i = 1, 1000 do codes[i] = 65 end
while true do local s = string.char(table.unpack(codes)) end

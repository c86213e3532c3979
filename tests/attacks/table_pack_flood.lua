-- Two thousand values packed and unpacked.
-- ends: fuel
local t = {}
for i = 1, 1200 do t[i] = i end
while true do t = table.pack(table.unpack(t)) end

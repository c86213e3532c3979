-- A map of keys that differ in their highest bits only.
-- ends: fuel
local parts = { '\xde\x01\x90' }
for i = 1, 400 do
  parts[#parts + 1] = '\xcf' .. string.char(i >> 6, (i & 63) << 2, 0, 0, 0, 0, 0, 0, 1)
end
local p = table.concat(parts)
while true do comet.unpack(p) end

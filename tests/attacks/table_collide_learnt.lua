-- Colliding integers, found by reading a table's own order.
-- ends: fuel
local function order_of(keys)
  local t = {}
  for _, k in ipairs(keys) do t[k] = true end
  local place, n = {}, 0
  for k in pairs(t) do n = n + 1 place[k] = n end
  return place
end
local t = {}
local base = order_of { 1 << 40, 1 << 41, 1 << 42, 1 << 43, 1 << 44, 1 << 45, 1 << 46, 1 << 47 }
local step = 1 << (40 + (base[1 << 40] or 1))
for i = 1, 1900 do t[i * step] = 1 end
while true do local x = t[1900 * step], t[2000 * step] end

-- The stack grown and given back again and again.
-- ends: fuel
local function deep(n) if n > 0 then return (deep(n - 1)) end end
while true do
  deep(180)
  for i = 1, 30 do local garbage = { i } end
end

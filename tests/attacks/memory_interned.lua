-- Short strings that are all different.
-- ends: fuel
local n = 0
while true do
  n = n + 1
  local s = 'k' .. n
end

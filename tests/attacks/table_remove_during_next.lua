-- A loop that adds keys to the table it walks.
-- ends: fuel
local t = { a = 1 }
pcall(function() for k in pairs(t) do t[k .. 'x'] = 1 end end)
while true do
  local n = 0
  for k in pairs(t) do n = n + 1 if n > 100 then break end t[k] = nil end
  for i = 1, 50 do t['y' .. i] = i end
end

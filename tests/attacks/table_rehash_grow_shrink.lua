-- Tables that grow key by key and are dropped.
-- ends: fuel
while true do
  local t = {}
  for i = 1, 65 do t[i * 1.5] = i end
end

-- A large table whose last item cannot be encoded.
-- ends: fuel
local t = {}
for i = 1, 3000 do t[i] = i end
t[3001] = function() end
while true do pcall(comet.pack, t) end

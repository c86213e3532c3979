-- Steps from keys that are not there.
-- ends: fuel
local t = { 1, 2, 3, x = 1 }
while true do pcall(next, t, 'missing') end

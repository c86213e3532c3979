-- A loop that watches its fuel in order to end just before the kill.
-- ends: fuel
while comet.fuel() > 200 do end
local ok = pcall(function() while true do end end)
return ok

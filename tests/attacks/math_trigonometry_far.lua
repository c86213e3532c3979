-- Sines of huge angles.
-- ends: fuel
local sin, cos, tan = math.sin, math.cos, math.tan
while true do sin(1.7e308) cos(1.1e307) tan(6.3e305) end

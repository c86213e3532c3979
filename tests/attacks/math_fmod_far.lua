-- The same by math.fmod.
-- ends: fuel
local a, b = 1e308, 3e-320
local fmod = math.fmod
while true do fmod(a, b) end

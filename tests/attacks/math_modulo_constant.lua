-- The same with a constant.
-- ends: fuel
local a = 1.7e308
while true do local n = a % 3e-310 end

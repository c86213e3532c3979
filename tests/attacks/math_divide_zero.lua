-- Divisions of integers by zero.
-- ends: fuel
while true do pcall(function(a) return 1 // a, 1 % a end, 0) end

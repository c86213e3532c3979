-- A loop that catches whatever ends its inner loop.
-- ends: fuel
while true do pcall(function() while true do end end) end

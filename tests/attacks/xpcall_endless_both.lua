-- The function and its handler both loop.
-- ends: fuel
xpcall(function() while true do end end, function() while true do end end)

-- A message handler that never returns.
-- ends: fuel
xpcall(function() error('x') end, function() while true do end end)

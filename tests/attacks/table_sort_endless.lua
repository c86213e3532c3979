-- A comparison of a sort that never returns.
-- ends: fuel
table.sort({ 3, 1, 2 }, function() while true do end end)

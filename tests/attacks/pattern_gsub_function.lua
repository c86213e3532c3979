-- A replacement that never returns.
-- ends: fuel
string.gsub(('a'):rep(100), 'a', function() while true do end end)

-- A loop inside of a callback, where it cannot be preempted.
-- ends: fuel
string.gsub('a', 'a', function() for i = 1, 1e9 do end end)

-- Garbage made inside of a callback, where it cannot be preempted.
-- ends: fuel
string.gsub('a', 'a', function() while true do local t = { {}, {}, 'x' .. comet.fuel() } end end)

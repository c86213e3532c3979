-- A handler that waits for the kill in order to go on.
-- ends: fuel
while true do
  xpcall(function() while true do end end, function(why) while true do local _ = why end end)
end

-- A message handler that raises an error, again and again.
-- ends: fuel
while true do xpcall(error, function() error('again') end) end

-- An endless loop.
-- ends: fuel
while true do end

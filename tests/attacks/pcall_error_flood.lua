-- Errors raised and caught without end.
-- ends: fuel
while true do pcall(error, 'x') end

-- Log lines without end.
-- ends: fuel
while true do comet.log('x') end

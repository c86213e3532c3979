-- Small tables encoded.
-- ends: fuel
while true do comet.pack({ 1, 2, 3 }) end

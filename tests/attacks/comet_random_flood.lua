-- Random numbers, ranges that are empty among them.
-- ends: fuel
while true do comet.random(5) pcall(comet.random, 5, 1) end

-- Repetitions of nothing, without end.
-- ends: fuel
while true do string.rep('', 1 << 62) end

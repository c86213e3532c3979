-- A plain search that compares half of the text at each place.
-- ends: fuel
local s = ('a'):rep(20000)
while true do string.find(s, ('a'):rep(10000) .. 'b', 1, true) end

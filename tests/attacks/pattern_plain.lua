-- Plain searches that nearly match.
-- ends: fuel
while true do string.find(('a'):rep(9000) .. 'b', 'ab', 1, true) end

-- Matches one after the other, without end.
-- ends: fuel
local s = ('ab'):rep(4000)
while true do for _ in s:gmatch('()b()') do end end

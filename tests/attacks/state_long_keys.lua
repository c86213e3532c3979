-- A state of long keys that fail late.
-- ends: state
local t = {}
for i = 1, 6 do t[('k'):rep(9000) .. i] = 1 end
t.last = function() end
self.map = t

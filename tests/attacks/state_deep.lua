-- A state too deep.
-- ends: state
local t = self
for _ = 1, 40 do t.t = {} t = t.t end

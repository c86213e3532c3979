-- A table that holds itself twice, fifteen times over.
-- ends: returns
local t = {}
for i = 1, 14 do t = { t, t } end
self.tree = t

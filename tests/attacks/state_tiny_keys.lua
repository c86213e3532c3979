-- A state of as many small keys as fit.
-- ends: returns
self.map = {}
for i = 1, 1000 do self.map[i * 3] = true end

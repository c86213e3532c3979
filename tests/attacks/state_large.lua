-- A state too large.
-- ends: state
self.big = {}
for i = 1, 40 do self.big[i] = ('x'):rep(2000) end

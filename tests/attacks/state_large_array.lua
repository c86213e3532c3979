-- A state of as many numbers as memory holds.
-- ends: returns
self.list = {}
for i = 1, 3000 do self.list[i] = i * 1000003 end

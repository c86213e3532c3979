-- Stores through __newindex while memory runs out.
-- ends: returns
local mt = setmetatable({ __newindex = {} }, { __mode = 'v' })
local t = setmetatable({}, mt)
for r = 1, 3 do pcall(function() for i = 1, 9000 do t[i] = 1 end end) end

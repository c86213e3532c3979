-- A finaliser put into a metatable that is already in use does not run.
-- ends: returns
local mt = {}
for i = 1, 20 do setmetatable({}, mt) end
mt.__gc = function() while true do end end
for i = 1, 2000 do local garbage = { i } end
return 'not run'

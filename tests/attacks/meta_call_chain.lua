-- A chain of tables that are called in place of a function.
-- ends: fuel
local f = function(...) return ... end
for i = 1, 150 do f = setmetatable({}, { __call = f }) end
while true do f() end

-- An ipairs over what a function of the library gives.
-- ends: fuel
for _ in ipairs(setmetatable({}, { __index = rawlen })) do end

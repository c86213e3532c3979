-- A type's name of some thousand bytes in each message.
-- ends: fuel
local t = setmetatable({}, { __name = ('n'):rep(8000) })
while true do pcall(string.rep, t) pcall(tostring, t) end

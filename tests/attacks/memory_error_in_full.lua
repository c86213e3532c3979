-- Errors raised when there is no memory for their message.
-- ends: fuel
local keep = {}
pcall(function() while true do keep[#keep + 1] = {} end end)
while true do pcall(function() return self.absent.field end) end

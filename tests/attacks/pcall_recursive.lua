-- Each protected call makes another.
-- ends: fuel
local function f() return pcall(f) end
while true do f() end

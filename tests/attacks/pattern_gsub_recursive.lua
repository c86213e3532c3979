-- A replacement within a replacement within a replacement.
-- ends: error
local function f() return (('x'):gsub('x', f)) end
while true do f() end

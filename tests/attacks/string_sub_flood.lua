-- Parts of a long text.
-- ends: fuel
local s = ('x'):rep(20000)
while true do local t = s:sub(2) end

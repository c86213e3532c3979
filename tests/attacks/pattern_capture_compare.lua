-- Back references of some thousand bytes.
-- ends: fuel
local s = ('x'):rep(9000)
while true do string.find(s .. s, '^(' .. ('.'):rep(200) .. '.*)%1$') end

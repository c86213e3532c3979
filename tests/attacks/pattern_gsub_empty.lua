-- Replacements at every place between bytes.
-- ends: fuel
local s = ('x'):rep(5000)
while true do string.gsub(s, '', '') end

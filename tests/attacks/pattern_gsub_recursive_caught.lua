-- Replacements as deep as they go, again and again.
-- ends: fuel
local function f(s) return (string.gsub('a', 'a', f)) end
while true do pcall(f) end

-- Comparisons of texts of zero bytes.
-- ends: fuel
local s = ('\0'):rep(9000)
local r = s .. 'x'
while s < r do end

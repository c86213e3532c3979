-- Tables deeper than what is encoded.
-- ends: fuel
local t = {}
for i = 1, 200 do t = { t } end
while true do pcall(comet.pack, t) end

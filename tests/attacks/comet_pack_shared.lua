-- A table that holds itself twice, sixteen times over.
-- ends: fuel
local t = {}
for i = 1, 15 do t = { t, t } end
while true do pcall(comet.pack, t) end

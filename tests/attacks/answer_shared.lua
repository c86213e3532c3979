-- An answer that holds itself twice, fifteen times over.
-- ends: error
local t = {}
for i = 1, 14 do t = { t, t } end
return t

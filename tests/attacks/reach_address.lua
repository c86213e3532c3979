-- Addresses are not shown.
-- ends: returns
local shown = tostring({}) .. tostring(print or error) .. tostring(coroutine.create(error))
if shown:find('0x', 1, true) or shown:find('%d%d%d') then error(shown) end
return 'hidden'

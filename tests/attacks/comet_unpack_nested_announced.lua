-- Arrays within arrays that each announce all bytes that follow.
-- ends: memory
local p = ('\xdc\x10\x00'):rep(16) .. ('\1'):rep(4200)
while true do pcall(comet.unpack, p) end

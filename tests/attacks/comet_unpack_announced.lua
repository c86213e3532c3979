-- Arrays that announce more items than there are.
-- ends: fuel
local p = '\xdd\x7f\xff\xff\xff'
while true do pcall(comet.unpack, p) pcall(comet.unpack, '\xdf\x7f\xff\xff\xff\1') end

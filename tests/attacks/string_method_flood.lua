-- Methods of numbers and of constants.
-- ends: fuel
while true do local n = ('x'):len() + ('%d'):format(3):len() end

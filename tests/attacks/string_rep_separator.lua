-- A repetition of a separator alone.
-- ends: fuel
while true do pcall(string.rep, '', 30000, ',') end

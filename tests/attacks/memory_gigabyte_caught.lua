-- A string of a gigabyte, asked for until it is given.
-- ends: memory
while true do pcall(string.rep, 'x', 1e9) end

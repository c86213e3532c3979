-- A pattern as deep as it goes.
-- ends: fuel
while true do pcall(string.find, ('a'):rep(5000), ('(a'):rep(30) .. ('?)'):rep(30)) end

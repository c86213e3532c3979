-- A hundred lazy items.
-- ends: fuel
return string.find(('a'):rep(4000), ('.-'):rep(100) .. 'b')

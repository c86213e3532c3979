-- Lazy items in a row that backtrack.
-- ends: fuel
string.find(('a'):rep(20000), ('a-'):rep(20) .. 'b')

-- Brackets that are never closed.
-- ends: fuel
string.find(('('):rep(20000), '%b()')

-- A set of classes, which ask for each kind of byte.
-- ends: fuel
string.find(('\1'):rep(20000), '[%a%d%l%p%s%u%w%x]-b')

-- A hundred greedy items.
-- ends: fuel
return string.gsub(('a'):rep(4000), ('a*'):rep(100) .. 'b', '')

-- A replacement of ten thousand captures.
-- ends: fuel
string.gsub(('a'):rep(1000), '(b*)', ('%1'):rep(10000))

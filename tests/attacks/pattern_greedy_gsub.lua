-- A greedy item for each place of the text.
-- ends: fuel
string.gsub(('a'):rep(20000), 'a*b', '')

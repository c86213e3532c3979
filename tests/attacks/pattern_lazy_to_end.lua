-- A lazy item for each place of the text.
-- ends: fuel
string.find(('a'):rep(20000), '.-b')

-- A back reference of every length.
-- ends: fuel
string.find(('a'):rep(20000), '(.-)%1b')

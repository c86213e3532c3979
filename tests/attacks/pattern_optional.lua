-- Twenty-six optional items.
-- ends: fuel
string.match(('a'):rep(26), ('a?'):rep(26) .. ('a'):rep(26))

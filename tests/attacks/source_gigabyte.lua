-- A script that wants a gigabyte while it is loaded.
-- as: source
-- ends: memory
return "return { x = ('x'):rep(1e9) }"

-- A text without an end.
-- as: source
-- ends: error
return 'return "' .. ('x'):rep(15000)

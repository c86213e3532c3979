-- Tables within tables.
-- as: source
-- ends: error
return 'return ' .. ('{'):rep(8000)

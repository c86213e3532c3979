-- Zero bytes.
-- as: source
-- ends: error
return 'return ' .. ('\0'):rep(9000)

-- A text of nothing but escapes.
-- as: source
-- ends: returns
return 'return { x = "' .. ('\\z '):rep(5000) .. '" }'

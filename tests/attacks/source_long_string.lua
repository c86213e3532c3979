-- One text as long as the source may be.
-- as: source
-- ends: returns
return 'return { x = "' .. ('x'):rep(16000) .. '" }'

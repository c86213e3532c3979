-- Operators that bind to the right.
-- as: source
-- ends: error
return 'return { x = 1' .. ('^1'):rep(4000) .. ' }'

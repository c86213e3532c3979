-- Brackets within brackets.
-- as: source
-- ends: error
return 'return ' .. ('('):rep(8000) .. '1' .. (')'):rep(8000)

-- Numerals of nine hundred digits.
-- as: source
-- ends: returns
return 'return {' .. (('7'):rep(900) .. ','):rep(17) .. '}'

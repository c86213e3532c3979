-- A numeral of thousands of digits.
-- as: source
-- ends: error
return 'return { x = ' .. ('7'):rep(15000) .. ' }'

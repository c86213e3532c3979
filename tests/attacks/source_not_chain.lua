-- A value negated thousands of times.
-- as: source
-- ends: error
return 'local a return { x = ' .. ('not '):rep(4000) .. 'a }'

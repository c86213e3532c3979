-- Comparisons as values, joined.
-- as: source
-- ends: error
return 'local a return { x = ' .. ('a<a and '):rep(1900) .. 'a }'

-- Signs without end.
-- as: source
-- ends: error
return 'return { x = ' .. ('- '):rep(8000) .. '1 }'

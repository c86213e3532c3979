-- Functions within functions, as deep as it goes.
-- as: source
-- ends: error
return 'return { x = ' .. ('function() return '):rep(150) .. '1' .. (' end'):rep(150) .. ' }'

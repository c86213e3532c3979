-- A condition of thousands of parts, each with a jump to the end.
-- as: source
-- ends: returns
return 'local a return { strike = function() if ' .. ('a and '):rep(2700) .. 'a then end end }'

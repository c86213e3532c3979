-- A chain of thousands of alternatives.
-- as: source
-- ends: returns
return 'local a if a then ' .. ('elseif a then '):rep(1150) .. 'end return {}'

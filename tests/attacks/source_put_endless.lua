-- An onPut that loops.
-- as: source
-- ends: fuel
return 'return { onPut = function() while true do end end }'

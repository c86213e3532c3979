-- A call of a method with a name of 4,000 bytes.
-- as: source
-- ends: fuel
return "return { strike = function() local t = { [('x'):rep(9000)] = function() end } " ..
  'while true do t:' .. ('x'):rep(9000) .. '() end end }'

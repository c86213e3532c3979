-- Two hundred upvalues looked through for a global name.
-- as: source
-- ends: returns
local names = {}
for i = 1, 120 do names[i] = 'a' .. i end
local list = table.concat(names, ',')
return 'local ' .. list .. ' return { f = function() local _ = ' .. list:gsub(',', ' or ') ..
  ' return function() local _ = ' .. list:gsub(',', ' or ') .. (' x=x'):rep(2800) .. ' end end }'

-- A length that is no number.
-- ends: error
return table.concat(setmetatable({}, { __len = function() return 'many' end }))

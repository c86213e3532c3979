-- An error whose __tostring raises an error.
-- ends: error
error(setmetatable({}, { __tostring = function() error('again') end }))

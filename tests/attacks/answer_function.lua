-- An answer that is a function.
-- ends: error
return function() end

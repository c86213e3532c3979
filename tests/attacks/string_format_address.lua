-- An address is not shown.
-- ends: error
return string.format('%p', {})

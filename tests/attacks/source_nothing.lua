-- Nothing.
-- as: source
-- ends: error
return ''

-- A script that makes no object.
-- as: source
-- ends: error
return 'return 7'

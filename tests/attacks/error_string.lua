-- An error on purpose.
-- ends: error
error('on purpose')

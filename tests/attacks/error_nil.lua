-- An error without an object.
-- ends: error
error()

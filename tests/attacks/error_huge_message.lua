-- An error with a message of tens of thousands of bytes.
-- ends: error
error(('x'):rep(40000))

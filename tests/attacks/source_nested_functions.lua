-- Functions within functions.
-- as: source
-- ends: error
return ('function f() '):rep(1200)

-- Nothing but comments.
-- as: source
-- ends: returns
return ('--\n'):rep(5000) .. 'return {}'

-- Nothing but lines.
-- as: source
-- ends: returns
return ('\n'):rep(16000) .. 'return {}'

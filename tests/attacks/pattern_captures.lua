-- Captures within captures over open brackets.
-- ends: fuel
return string.find(('('):rep(20000), ('(.?)'):rep(30) .. '%b()$')

-- More text than a source may have.
-- as: source
-- ends: error
return 'return {} --' .. ('x'):rep(16384)

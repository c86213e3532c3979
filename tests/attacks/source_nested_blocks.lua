-- Blocks within blocks.
-- as: source
-- ends: error
return ('do '):rep(5000)

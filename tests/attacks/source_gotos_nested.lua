-- Jumps that wait in each block for a label outside.
-- as: source
-- ends: returns
return ('do '):rep(150) .. ('goto z '):rep(1800) .. ('end '):rep(150) .. '::z:: return {}'

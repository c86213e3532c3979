-- Jumps to labels that come later.
-- as: source
-- ends: returns
return 'do ' .. ('goto z '):rep(700) .. '::z:: end return {}'

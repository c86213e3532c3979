-- More captures than a pattern may have.
-- ends: error
return string.rep('x', 100):find(string.rep('(x', 40))

-- Long brackets that nearly close.
-- as: source
-- ends: error
return 'return [==========[' .. (']=========]'):rep(1300)

-- The globals' own metatable is out of reach.
-- ends: error
setmetatable(_G, nil)

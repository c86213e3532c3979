-- A key that is no number.
-- ends: error
self[0 / 0] = 1

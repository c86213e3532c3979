-- A table as a key.
-- ends: state
self[{}] = 1

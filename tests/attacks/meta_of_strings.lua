-- The metatable of all strings cannot be changed.
-- ends: error
getmetatable('').__index = nil

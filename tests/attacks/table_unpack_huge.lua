-- Ten million values on the stack.
-- ends: error
return table.unpack({}, 1, 1e7)

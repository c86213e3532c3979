-- Errors that ask for a line far up in a deep stack.
-- ends: fuel
local function deep(n)
  if n > 0 then return (deep(n - 1)) end
  while true do pcall(error, 'x', 1000000) end
end
deep(600)

-- Errors caught on top of a deep stack, which is measured for each.
-- ends: fuel
local function deep(n)
  if n > 0 then return (deep(n - 1)) end
  while true do pcall(error) end
end
deep(700)

-- Jumps backwards out of nested blocks, each with a closure to close.
-- ends: fuel
::top::
do
  local a = {}
  local f = function() return a end
  do
    local b = f
    local g = function() return b end
    goto top
  end
end

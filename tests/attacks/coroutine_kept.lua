-- Suspended coroutines kept in a table.
-- ends: memory
local all = {}
while true do
  local co = coroutine.wrap(function() coroutine.yield() end)
  co()
  all[#all + 1] = co
end

-- Chains of weak keys, which would make each collection quadratic.
-- ends: fuel
local t = setmetatable({}, { __mode = 'k' })
local key = {}
for i = 1, 700 do
  local next_key = {}
  t[key] = next_key
  key = next_key
end
while true do local garbage = { {}, {}, {} } end

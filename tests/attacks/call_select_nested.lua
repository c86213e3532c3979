-- Nine hundred values handed through thirty functions of the library.
-- ends: fuel
local s = select
local t = {}
for i = 1, 900 do t[i] = 1 end
local function f(...)
  while true do
    local _ = s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1,
      s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1, s(1,
      ...))))))))))))))))))))))))))))))))
  end
end
f(table.unpack(t))

-- Functions that make code or reach outside are absent.
-- ends: returns
for _, name in ipairs { "load", "loadstring", "loadfile", "dofile", "require", "io", "os", "debug",
                        "package", "collectgarbage", "print", "warn", "newproxy" } do
  if _G[name] ~= nil then error(name .. ' is there') end
end
local found = string.dump or string.pack or coroutine.close or math.randomseed
if found then error("a function is there") end
return 'absent'

-- Libraries taken apart.
-- ends: returns
for _, library in ipairs { string, table, math, utf8, coroutine, comet, dht } do
  for name in pairs(library) do library[name] = nil end
end
_G.tostring, _G.pcall, _G.error = nil, nil, nil
return #('x'):rep(3)

-- Neither the registry nor the host's values can be had through a library.
-- ends: returns
for name, value in pairs(_G) do
  if type(value) == 'userdata' or type(value) == 'thread' then error(name) end
end
for _, library in ipairs { string, table, math, utf8, coroutine, dht, comet } do
  local mt = getmetatable(library)
  if mt then error('a library shows its metatable') end
end
return 'closed'

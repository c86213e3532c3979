-- A kill in a deep call, whose trace needs names looked for in thousands of instructions.
-- as: source
-- ends: fuel
return 'local function f(t, n, skip) if skip then ' .. ('x=1 '):rep(3800) ..
  'end if n == 0 then while true do end end return (t.f(t, n - 1)) end ' ..
  'return { strike = function() f({ f = f }, 30) end }'

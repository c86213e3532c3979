-- Errors whose message needs a name looked for in thousands of instructions.
-- as: source
-- ends: fuel
return 'local function f(t, skip) if skip then ' .. ('x=1 '):rep(3800) .. 'end return t.a.b end ' ..
  'return { strike = function() while true do pcall(f, {}) end end }'

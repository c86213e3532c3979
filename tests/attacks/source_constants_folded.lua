-- Remainders of constants far apart, worked out by the compiler.
-- as: source
-- ends: fuel
return 'local x ' .. ('x=1e308%5e-324 '):rep(1080) .. 'return {}'

-- Comparisons of long texts with a constant.
-- as: source
-- ends: fuel
return "return { strike = function() local a = ('x'):rep(9000) while a == '" ..
  ('x'):rep(9000) .. "' do end end }"

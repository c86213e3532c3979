-- A loop over the characters of a long text.
-- ends: fuel
local s = ('\u{7FFFFFFF}'):rep(1000)
while true do for _ in utf8.codes(s, true) do end end

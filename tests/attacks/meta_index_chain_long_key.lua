-- The same chain, with a name of some thousand bytes.
-- ends: fuel
local c = {}
local name = ('n'):rep(8000)
local long = name .. 'x'
for i = 1, 150 do c = setmetatable({ [long] = 1 }, { __index = c }) end
local other = ('n'):rep(8000)
while true do local x = c[other] end

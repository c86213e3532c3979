-- A sort within a comparison within a sort.
-- ends: fuel
local function f(a, b) table.sort({ 1, 2, 3 }, f) return a < b end
while true do pcall(table.sort, { 2, 1 }, f) end

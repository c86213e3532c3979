-- A loop with a numeral for its limit.
-- ends: returns
for i = 1, '10' do end

-- A numeral of 20,000 digits is none.
-- ends: returns
return tonumber(('7'):rep(20000)) == nil and tonumber('0x' .. ('7'):rep(20000)) == nil

-- Thousands of ways out of a loop.
-- as: source
-- ends: fuel
return 'while true do ' .. ('if a then break end '):rep(750) .. 'end return {}'

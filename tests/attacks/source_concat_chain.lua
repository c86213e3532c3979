-- Joins of thousands of parts.
-- as: source
-- ends: returns
return "return { x = ''" .. ("..''"):rep(180) .. ' }'

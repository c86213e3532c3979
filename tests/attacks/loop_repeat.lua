-- An endless loop that tests its end.
-- ends: fuel
repeat until false

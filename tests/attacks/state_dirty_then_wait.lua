-- A state changed before a wait that fails.
-- ends: error
self.value = 'changed'
local value, why = dht.get('another')
return why

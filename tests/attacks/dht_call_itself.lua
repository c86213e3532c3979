-- Calls of the object's own methods from outside.
-- ends: error
return dht.call(dht.getKey(), 'strike')

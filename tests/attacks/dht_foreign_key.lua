-- A key that is not the object's.
-- ends: error
return dht.put('another', 'x')

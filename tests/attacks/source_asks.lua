-- A script that sends something while it is loaded.
-- as: source
-- ends: error
return "dht.put(dht.getKey(), 'x') return {}"

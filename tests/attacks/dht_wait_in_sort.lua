-- A wait where none is possible.
-- ends: error
table.sort({ 3, 1, 2 }, function(a, b) dht.get(dht.getKey()) return a < b end)

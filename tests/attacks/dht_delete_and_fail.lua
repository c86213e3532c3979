-- A deletion that does not happen, because the turn fails.
-- ends: error
dht.deleteSelf()
error('on purpose')

-- Nodes that are none, with long names, without end.
-- ends: fuel
local long = ('f'):rep(4096)
local nodes = { long, long, { id = long }, ('a'):rep(64), '', long }
while true do
  pcall(dht.replicas, { nodes = nodes })
  pcall(dht.put, dht.getKey(), self, nodes)
  dht.replicas()
end

-- Functions kept for answers, each with much to keep.
-- ends: messages
while true do
  local big = ('x'):rep(4000)
  dht.get(dht.getKey(), function() return big end)
end

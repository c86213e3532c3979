local function copies_of(net, key)
  net:advance("1m")
  net:settle()
  return #net:inspect(key).replicas
end

test("a value has as many copies as it asks for", { nodes = 7 }, function(net)
  net:put("deed", "replication.lua", { value = "the deed", args = { 5 } })
  expect.equal(copies_of(net, "deed"), 5)
  expect.equal(#net:call("deed", "nodes"), 5)
  expect.equal(net:get("deed"), "the deed")
end)

test("five copies outlive two deaths at once", { nodes = 7 }, function(net)
  net:put("deed", "replication.lua", { value = "the deed", args = { 5 } })
  copies_of(net, "deed")
  local replicas = net:inspect("deed").replicas
  local asker
  for number = 1, 7 do
    local holds = number == replicas[1] or number == replicas[2]
    asker = asker or not holds and net:client({ node = number })
  end
  net:node(replicas[1]):kill()
  net:node(replicas[2]):kill()
  net:advance("10s")
  expect.equal(asker:get("deed"), "the deed")
  asker:set("deed", "amended")
  expect.equal(asker:get("deed"), "amended")
end)

test("who put the value changes the number, and nobody else", { nodes = 7 }, function(net)
  local alice, bob = net:client({ user = "alice" }), net:client({ user = "bob" })
  alice:put("deed", "replication.lua", { value = "the deed", args = { 3 } })
  expect.equal(copies_of(net, "deed"), 3)
  expect.fails("only who put this value", bob.call, bob, "deed", "replicate", 7)
  expect.equal(alice:call("deed", "replicate", 7, 3600), true)
  expect.equal(copies_of(net, "deed"), 7)
end)

test("what the node does not allow is refused and nothing is stored", { nodes = 3 }, function(net)
  expect.fails("replicas", net.put, net, "deed", "replication.lua", { value = "x", args = { 8 } })
  expect.fails("interval", net.put, net, "deed", "replication.lua",
    { value = "x", args = { 3, 59 } })
  expect.equal(net:inspect("deed"), nil)
end)

test("what is no number is refused and nothing is stored", function(net)
  for _, count in ipairs({ "0", "many", "2.5" }) do
    expect.fails("the number of copies", net.put, net, "deed", "replication.lua",
      { value = "x", args = { count } })
  end
  expect.fails("the time between two comparisons", net.put, net, "deed", "replication.lua",
    { value = "x", args = { 3, "often" } })
  expect.equal(net:inspect("deed"), nil)
end)

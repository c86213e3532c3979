local function of_kind(trail, what)
  local found = {}
  for _, event in ipairs(trail) do
    if event.what == what then
      found[#found + 1] = event
    end
  end
  return found
end

test("who put, read and wrote the value is in the trail, with time and address", function(net)
  local began = net:now()
  local alice = net:client({ user = "alice", ip = "10.0.0.1" })
  alice:put("file", "monitoring.lua", { value = "draft" })
  expect.equal(net:client({ user = "bob", ip = "10.0.0.2" }):get("file"), "draft")
  net:client({ user = "carol", ip = "10.0.0.3" }):set("file", "final")
  local trail = alice:call("file", "trail")
  expect.equal(of_kind(trail, "put")[1].user, "alice")
  local read, written = of_kind(trail, "read"), of_kind(trail, "written")
  expect.equal(#read, 1)
  expect.equal(read[1].user, "bob")
  expect.equal(read[1].ip, "10.0.0.2")
  expect.between(read[1].time, began, net:now())
  expect.equal(#written, 1)
  expect.equal(written[1].user, "carol")
end)

test("the nodes that host the value are in the trail, also when nobody asks", { nodes = 4 },
  function(net)
    net:put("file", "monitoring.lua", { value = "draft" })
    net:advance("11m")
    local before = net:inspect("file")
    local asker
    for number = 1, 4 do
      asker = asker or number ~= before.leader and net:client({ node = number })
    end
    local hosted = of_kind(asker:call("file", "trail"), "hosted")
    local first_host = hosted[#hosted].nodes:match("^%x+")
    expect.equal(net:node(before.leader).id:sub(1, 12), first_host)
    net:node(before.leader):kill()
    net:advance("30m")
    hosted = of_kind(asker:call("file", "trail"), "hosted")
    expect.truthy(hosted[#hosted].nodes:match("^%x+") ~= first_host, "another node hosts it")
    expect.equal(net:node(net:inspect("file").leader).id:sub(1, 12),
      hosted[#hosted].nodes:match("^%x+"))
  end)

test("the trail is for who put the value, and only he deletes it", function(net)
  local alice, bob = net:client({ user = "alice" }), net:client({ user = "bob" })
  alice:put("file", "monitoring.lua", { value = "draft" })
  expect.fails("for who put this value", bob.call, bob, "file", "trail")
  expect.equal(bob:del("file"), 0)
  expect.equal(of_kind(alice:call("file", "trail"), "delete refused")[1].user, "bob")
  expect.equal(alice:del("file"), 1)
  expect.equal(net:inspect("file"), nil)
end)

test("the trail is bounded, keeps the newest in order, and the count loses nothing", function(net)
  net:put("file", "monitoring.lua", { value = "draft", args = { 5 } })
  for i = 1, 20 do
    net:set("file", "draft " .. i)
    net:get("file")
  end
  local trail = net:call("file", "trail")
  expect.equal(#trail, 5)
  expect.equal(trail[5].what, "read")
  expect.equal(trail[4].what, "written")
  expect.truthy(net:inspect("file").state.total >= 41)
end)

test("the longest trail fits into the object's memory", function(net)
  local client = net:client({ user = ("u"):rep(32), ip = "2001:db8:1111:2222:3333:4444:5555:6666" })
  client:put("file", "monitoring.lua", { value = ("v"):rep(1000), args = { 80 } })
  for _ = 1, 90 do
    client:get("file")
  end
  expect.equal(#client:call("file", "trail"), 80)
  expect.equal(net:inspect("file").errors, 0)
end)

test("a trail of no length or of too much is not stored and says what it takes", function(net)
  for _, keep in ipairs({ "0", "81", "many", "1.5" }) do
    expect.fails("ARG 1 is how many events", net.put, net, "file", "monitoring.lua",
      { value = "x", args = { keep } })
  end
  expect.equal(net:inspect("file"), nil)
end)

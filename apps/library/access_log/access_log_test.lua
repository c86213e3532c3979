test("a read is answered and recorded with time, address and user", function(net)
  net:put("key", "access_log.lua", { value = "sesame" })
  local eve = net:client({ user = "eve", ip = "192.0.2.9", port = 4242 })
  local began = net:now()
  expect.equal(eve:get("key"), "sesame")
  local log = net:call("key", "log")
  expect.equal(#log, 1)
  expect.equal(log[1].ip, "192.0.2.9")
  expect.equal(log[1].port, 4242)
  expect.equal(log[1].user, "eve")
  expect.between(log[1].time, began, net:now())
end)

test("reads through all nodes are in one log, and none is lost with a leader", { nodes = 3 },
  function(net)
    net:put("key", "access_log.lua", { value = "sesame" })
    for i = 1, 9 do
      expect.equal(net:client({ node = i % 3 + 1 }):get("key"), "sesame")
    end
    local leader = net:inspect("key").leader
    net:node(leader):kill()
    net:advance("10s")
    local client = net:client({ node = leader % 3 + 1 })
    expect.equal(client:call("key", "total"), 9)
    client:get("key")
    expect.equal(client:call("key", "total"), 10)
  end)

test("the log keeps the newest in order, and the count loses nothing", function(net)
  net:put("key", "access_log.lua", { value = "sesame", args = { 3 } })
  for i = 1, 10 do
    net:client({ ip = "10.0.0." .. i }):get("key")
  end
  local log = net:call("key", "log")
  expect.equal(#log, 3)
  for i = 1, 3 do
    expect.equal(log[i].ip, "10.0.0." .. (7 + i))
  end
  expect.equal(net:call("key", "total"), 10)
end)

test("a length that is none is refused and says what it takes", function(net)
  for _, keep in ipairs({ "0", "201", "many" }) do
    expect.fails("ARG 1 is how many reads", net.put, net, "key", "access_log.lua",
      { value = "x", args = { keep } })
  end
  expect.equal(net:inspect("key"), nil)
end)

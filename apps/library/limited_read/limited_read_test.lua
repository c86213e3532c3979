test("a value is read once and is then gone", function(net)
  net:put("secret", "limited_read.lua", { value = "swordfish" })
  expect.equal(net:get("secret"), "swordfish")
  expect.equal(net:get("secret"), nil)
  expect.equal(net:inspect("secret"), nil)
end)

test("a value is read three times, and asking how often is no read", function(net)
  net:put("secret", "limited_read.lua", { value = "swordfish", args = { 3 } })
  for left = 3, 1, -1 do
    expect.equal(net:call("secret", "left"), left)
    expect.equal(net:get("secret"), "swordfish")
  end
  expect.equal(net:get("secret"), nil)
end)

test("of workers at all nodes that ask at once, one gets the task", { nodes = 3 }, function(net)
  net:put("task", "limited_read.lua", { value = "resize 42.png" })
  local asked = {}
  for worker = 1, 12 do
    asked[worker] = net:client({ node = worker % 3 + 1 }):later("get", "task")
  end
  local got = 0
  for _, pending in ipairs(asked) do
    local value = pending:result()
    expect.truthy(value == nil or value == "resize 42.png", "the task or nothing")
    got = got + (value and 1 or 0)
  end
  expect.equal(got, 1)
end)

test("a read that was counted stays counted when the leader dies", { nodes = 3 }, function(net)
  net:put("secret", "limited_read.lua", { value = "swordfish", args = { 2 } })
  local leader = net:inspect("secret").leader
  local reader = net:client({ node = leader % 3 + 1 })
  expect.equal(reader:get("secret"), "swordfish")
  net:node(leader):kill()
  net:advance("10s")
  expect.equal(reader:get("secret"), "swordfish")
  expect.equal(reader:get("secret"), nil)
  net:node(leader):start()
  net:settle()
  expect.equal(net:client({ node = leader }):get("secret"), nil)
end)

test("what tells something of the value is a read", function(net)
  net:put("secret", "limited_read.lua", { value = "swordfish", args = { 2 } })
  expect.equal(net:command("STRLEN", "secret"), 9)
  expect.equal(net:command("GETRANGE", "secret", 0, 4), "sword")
  expect.equal(net:get("secret"), nil)
end)

test("the value cannot be written again", function(net)
  net:put("secret", "limited_read.lua", { value = "swordfish" })
  expect.fails("refused", net.set, net, "secret", "forged")
  expect.equal(net:call("secret", "left"), 1)
  expect.equal(net:get("secret"), "swordfish")
end)

test("a count that is none is not stored and says what it takes", function(net)
  for _, reads in ipairs({ "0", "-1", "1.5", "often" }) do
    expect.fails("ARG 1 is how often", net.put, net, "secret", "limited_read.lua",
      { value = "x", args = { reads } })
  end
  expect.equal(net:inspect("secret"), nil)
end)

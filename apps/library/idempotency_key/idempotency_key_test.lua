local function key(net, ...)
  net:put("pay:7", "idempotency_key.lua", { args = { ... } })
end

local function begin(net, mark)
  return net:call("pay:7", "begin", mark or "sha256 of the request")
end

test("the first one begins, the others are told to wait, and then have its answer", function(net)
  key(net)
  local first = begin(net)
  expect.equal(first.state, "start")
  local second = begin(net)
  expect.equal(second.state, "running")
  expect.between(second.left_ms, 59000, 60000)
  expect.equal(second.token, nil)
  expect.truthy(net:call("pay:7", "finish", first.token, "paid 3 EUR"))
  for _ = 1, 3 do
    expect.equal(begin(net), { state = "done", answer = "paid 3 EUR" })
  end
  expect.equal(net:get("pay:7"), "paid 3 EUR")
end)

test("of many at once on several nodes one begins", { nodes = 3 }, function(net)
  key(net)
  local asked, started = {}, 0
  for i = 1, 30 do
    asked[i] = net:client({ node = i % 3 + 1 }):later("call", "pay:7", "begin", "m")
  end
  for _, answer in ipairs(asked) do
    started = started + (answer:result().state == "start" and 1 or 0)
  end
  expect.equal(started, 1)
end)

test("the object is put by whoever comes first; the second put changes nothing", function(net)
  key(net)
  begin(net)
  expect.fails("refused", key, net)
  expect.equal(begin(net).state, "running")
end)

test("another request under the same key is an error", function(net)
  key(net)
  begin(net, "3 EUR")
  expect.fails("this key belongs to another request", begin, net, "4 EUR")
end)

test("one that died is replaced in time, and its token is worth nothing", function(net)
  key(net, 86400, 30)
  local dead = begin(net)
  net:advance("31s")
  local next_one = begin(net)
  expect.equal(next_one.state, "start")
  expect.truthy(next_one.token > dead.token)
  expect.falsy(net:call("pay:7", "finish", dead.token, "paid by the dead"))
  expect.falsy(net:call("pay:7", "give_up", dead.token))
  expect.truthy(net:call("pay:7", "finish", next_one.token, "paid"))
  expect.equal(begin(net).answer, "paid")
end)

test("one that took long but was not replaced still finishes", function(net)
  key(net, 86400, 30)
  local slow = begin(net)
  net:advance("1h")
  expect.truthy(net:call("pay:7", "finish", slow.token, "paid"))
end)

test("a finish that is repeated says the same, and another answer is not taken", function(net)
  key(net)
  local token = begin(net).token
  expect.truthy(net:call("pay:7", "finish", token, "paid"))
  expect.truthy(net:call("pay:7", "finish", token, "paid"))
  expect.falsy(net:call("pay:7", "finish", token, "not paid"))
  expect.falsy(net:call("pay:7", "give_up", token))
  expect.equal(begin(net).answer, "paid")
end)

test("who could not carry it out gives up, and the next one begins at once", function(net)
  key(net)
  local token = begin(net).token
  expect.truthy(net:call("pay:7", "give_up", token))
  expect.falsy(net:call("pay:7", "finish", token, "after all"))
  expect.equal(begin(net).state, "start")
end)

test("the answer is kept for its time and then gone", function(net)
  key(net, 3600)
  net:call("pay:7", "finish", begin(net).token, "paid")
  net:advance("59m")
  expect.equal(begin(net).answer, "paid")
  net:advance("2m")
  expect.equal(net:inspect("pay:7"), nil)
end)

test("the answer outlives the node that heard it", { nodes = 3 }, function(net)
  key(net)
  net:call("pay:7", "finish", begin(net).token, "paid")
  local leader = net:inspect("pay:7").leader
  net:node(leader):kill()
  net:advance("30s")
  expect.equal(net:client({ node = leader % 3 + 1 }):call("pay:7", "begin",
    "sha256 of the request").answer, "paid")
end)

test("what cannot be meant is told", function(net)
  expect.fails("ARG 1 is the time kept", key, net, 0)
  expect.fails("ARG 2 is the time to carry it out", key, net, 60, "soon")
  key(net)
  expect.fails("a mark of 1 to 128 bytes", net.call, net, "pay:7", "begin")
  expect.fails("a mark of 1 to 128 bytes", begin, net, ("x"):rep(129))
  expect.falsy(net:call("pay:7", "finish", 0, "paid before it began"))
  expect.fails("an answer of up to 16384 bytes", net.call, net, "pay:7", "finish", 1)
  expect.fails("an answer of up to", net.call, net, "pay:7", "finish", 1, ("x"):rep(16385))
  expect.falsy(net:call("pay:7", "finish", "none", "paid"))
  expect.equal(net:get("pay:7"), nil)
end)

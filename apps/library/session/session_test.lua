local function session(net, ...)
  net:put("session", "session.lua", { value = "cart: 3", args = { ... } })
end

test("a session that is used goes on, and ends when nobody uses it", function(net)
  session(net, 1800)
  for _ = 1, 10 do
    net:advance("29m")
    expect.equal(net:get("session"), "cart: 3")
  end
  net:advance("32m")
  expect.equal(net:get("session"), nil)
  expect.equal(net:inspect("session"), nil)
end)

test("it ends by itself, without anybody who asks", function(net)
  session(net, 60)
  net:advance("65s")
  expect.equal(net:inspect("session"), nil)
end)

test("every use gives it the whole time again, also one that nothing was written for", function(net)
  session(net, 1600)
  net:advance("99s")
  net:get("session")
  net:advance("1599s")
  expect.equal(net:get("session"), "cart: 3")
end)

test("reads close to each other write nothing", function(net)
  session(net, 1600)
  net:advance("200s")
  net:get("session")
  local state = net:inspect("session").state
  for _ = 1, 9 do
    net:advance("10s")
    net:get("session")
    expect.equal(net:inspect("session").state, state)
  end
  net:advance("20s")
  net:get("session")
  expect.truthy(net:inspect("session").state.used_at > state.used_at)
end)

test("a write is a use and keeps what it wrote", function(net)
  session(net, 60)
  net:advance("50s")
  net:set("session", "cart: 4")
  net:advance("50s")
  expect.equal(net:get("session"), "cart: 4")
end)

test("its longest life ends it in the middle of use", function(net)
  session(net, 1800, 7200)
  for _ = 1, 11 do
    net:advance("10m")
    expect.equal(net:get("session"), "cart: 3")
  end
  net:advance("11m")
  expect.equal(net:get("session"), nil)
end)

test("looking how much is left is no use", function(net)
  session(net, 160)
  expect.between(net:call("session", "left"), 169000, 170000)
  net:advance("100s")
  expect.between(net:call("session", "left"), 69000, 70000)
  net:advance("71s")
  expect.equal(net:inspect("session"), nil)
end)

test("it is ended at once by who logs out", function(net)
  session(net)
  expect.equal(net:call("session", "finish"), true)
  expect.equal(net:get("session"), nil)
end)

test("a session survives its node, and its end comes there too", { nodes = 3 }, function(net)
  session(net, 600)
  local leader = net:inspect("session").leader
  net:node(leader):kill()
  net:advance("1m")
  local other = net:client({ node = leader % 3 + 1 })
  expect.equal(other:get("session"), "cart: 3")
  net:advance("11m")
  expect.equal(other:get("session"), nil)
end)

test("a session that nodes slept through is over when they are back", function(net)
  session(net, 600)
  net:node(1):kill()
  net:advance("1h")
  net:node(1):start()
  expect.equal(net:client({ node = 1 }):get("session"), nil)
end)

test("what is too large or cannot be meant is told, and the session stays as it was", function(net)
  expect.fails("ARG 1 is the time without use: 1 to 31536000 seconds", session, net, 0)
  expect.fails("ARG 2 is the longest life", session, net, 60, "long")
  expect.fails("up to 16384 bytes", net.put, net, "session", "session.lua",
    { value = ("x"):rep(16385) })
  session(net)
  expect.fails("up to 16384 bytes", net.set, net, "session", ("x"):rep(16385))
  expect.equal(net:get("session"), "cart: 3")
end)

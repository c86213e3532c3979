test("a value opens at its time, to the millisecond", function(net)
  net:put("deed", "timed_release.lua", { value = "the deed", args = { "+3600" } })
  local opens = net:call("deed", "opens")
  net:advance((opens - net:now() - 1) / 1000)
  expect.equal(net:get("deed"), nil)
  net:advance("2ms")
  expect.equal(net:get("deed"), "the deed")
end)

test("a moment in years is kept", { limit = "900d" }, function(net)
  local moment = net:now() + 730 * 86400000
  net:put("deed", "timed_release.lua", { value = "the deed", args = { moment } })
  net:advance("729d")
  expect.equal(net:get("deed"), nil)
  net:advance("1d")
  expect.equal(net:get("deed"), "the deed")
end)

test("opening is announced to subscribers of all nodes, also after the leader died", { nodes = 3 },
  function(net)
    net:put("deed", "timed_release.lua", { value = "the deed", args = { "+600" } })
    local leader = net:inspect("deed").leader
    local listener = net:client({ node = leader % 3 + 1 })
    listener:subscribe("timed_release")
    net:node(leader):kill()
    net:advance("11m")
    local heard = listener:messages()
    expect.equal(#heard, 1)
    expect.equal(heard[1].message, "deed")
    expect.equal(listener:get("deed"), "the deed")
  end)

test("nothing that a client can ask shows or changes the value early", function(net)
  net:put("deed", "timed_release.lua", { value = "the deed", args = { "+60" } })
  expect.equal(net:command("STRLEN", "deed"), 0)
  expect.equal(net:command("GETRANGE", "deed", 0, -1), "")
  expect.fails("refused", net.set, net, "deed", "forged")
  net:advance("60s")
  net:set("deed", "amended")
  expect.equal(net:get("deed"), "amended")
end)

test("a time that is none is refused and says what it takes", function(net)
  for _, when in ipairs({ "soon", "-5", "+", "+1.5" }) do
    expect.fails("ARG 1 is when to open", net.put, net, "deed", "timed_release.lua",
      { value = "x", args = { when } })
  end
  expect.equal(net:inspect("deed"), nil)
end)

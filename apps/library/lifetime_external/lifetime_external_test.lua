local any = { handlers_reach = "any", nodes = 4 }

local function put(net)
  net:put("lifetime", "lifetime_external.lua", { args = { 20, 2 } })
  net:advance("3m")
end

test("a node lasts from its first sighting to its last", any, function(net)
  put(net)
  expect.equal(net:get("lifetime"), nil)
  local added = net:add(2)
  net:advance("10m")
  added[1]:kill()
  net:advance("10m")
  expect.near(net:get("lifetime"), 600, 60)
  added[2]:kill()
  net:advance("3m")
  local report = net:call("lifetime", "report")
  expect.equal(report.ended, 2)
  expect.near(report.median, (600 + 1200) / 2, 60)
  expect.equal(report.there, 4)
end)

test("nodes that were there from the start are not counted", any, function(net)
  put(net)
  net:node(4):kill()
  net:advance("3m")
  expect.equal(net:call("lifetime", "report").ended, 0)
  expect.equal(net:get("lifetime"), nil)
end)

test("a node that is cut off for a while counts as gone: from outside it looks the same", any,
  function(net)
    put(net)
    local added = net:add(1)
    net:advance("10m")
    net:partition({ 1, 2, 3, 4 }, { added[1].number })
    net:advance("3m")
    net:heal()
    net:advance("3m")
    expect.truthy(added[1]:is_up(), "it never was down")
    expect.near(net:get("lifetime"), 600, 60)
  end)

test("looking goes on at another node, and over a time of no node at all", any, function(net)
  put(net)
  local before = net:call("lifetime", "report").looks
  for number = 1, 4 do
    net:node(number):kill()
  end
  net:advance("1h")
  for number = 1, 4 do
    net:node(number):start()
  end
  net:advance("3m")
  local report = net:client({ node = 2 }):call("lifetime", "report")
  expect.truthy(report.looks > before, "it looks again")
  expect.equal(report.there, 4)
end)

test("arguments that are none are refused and say what they are", any, function(net)
  for _, wrong in ipairs({ { "0" }, { "often" } }) do
    expect.fails("ARG 1 is the time", net.put, net, "lifetime", "lifetime_external.lua",
      { args = wrong })
  end
  for _, wrong in ipairs({ { 10, "0" }, { 10, "65" } }) do
    expect.fails("ARG 2 is how many places", net.put, net, "lifetime", "lifetime_external.lua",
      { args = wrong })
  end
  expect.equal(net:inspect("lifetime"), nil)
end)

test("code that may not reach other keys is not stored, and says why", function(net)
  expect.fails("may not reach", net.put, net, "lifetime", "lifetime_external.lua")
  expect.equal(net:inspect("lifetime"), nil)
end)

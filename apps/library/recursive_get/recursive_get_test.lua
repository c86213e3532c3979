local any = { handlers_reach = "any", nodes = 5 }
local count = 16

local function put_relays(net)
  for i = 1, count do
    net:put("hop/" .. i, "recursive_get.lua", { args = { count } })
  end
end

test("a value is brought back from wherever the get begins", any, function(net)
  put_relays(net)
  net:set("treasure", "gold")
  for i = 1, count do
    expect.equal(net:get("hop/" .. i, { payload = "treasure" }), "gold")
  end
end)

test("the way has no relay twice, and most ways lead through several", any, function(net)
  put_relays(net)
  local steps = 0
  for i = 1, count do
    net:set("item" .. i, "value" .. i)
    local found = net:call("hop/1", "walk", "item" .. i)
    expect.equal(found.value, "value" .. i)
    expect.equal(found.path[1], "hop/1")
    local met = {}
    for _, relay in ipairs(found.path) do
      expect.falsy(met[relay], relay .. " was there before")
      met[relay] = true
    end
    steps = steps + #found.path
  end
  expect.between(steps / count, 1.5, 5)
end)

test("a relay that is gone is gone round", any, function(net)
  put_relays(net)
  net:set("treasure", "gold")
  local path = net:call("hop/1", "walk", "treasure").path
  local first, last = path[1], path[#path]
  expect.truthy(first ~= last, "the way has more than one relay")
  net:del(last)
  local found = net:call("hop/1", "walk", "treasure")
  expect.equal(found.value, "gold")
  expect.truthy(found.path[#found.path] ~= last)
end)

test("an active value is brought back as its handler gives it", any, function(net)
  put_relays(net)
  net:put("once", [[
    local aso = { value = "gold" }
    function aso:onGet() dht.deleteSelf() return self.value end
    return aso]])
  expect.equal(net:get("hop/3", { payload = "once" }), "gold")
  expect.equal(net:get("hop/3", { payload = "once" }), nil)
end)

test("a key that does not exist is nothing", any, function(net)
  put_relays(net)
  expect.equal(net:get("hop/5", { payload = "nobody" }), nil)
  expect.fails("name the key to get", net.get, net, "hop/5")
end)

test("code that may not reach other keys says so", { nodes = 1 }, function(net)
  put_relays(net)
  expect.fails("may not reach", net.get, net, "hop/1", { payload = "treasure" })
end)

test("a relay that does not fit its key or number is not stored", any, function(net)
  for _, wrong in ipairs({ { "hop", 16 }, { "hop/0", 16 }, { "hop/17", 16 } }) do
    expect.fails("the key of a relay is", net.put, net, wrong[1], "recursive_get.lua",
      { args = { wrong[2] } })
  end
  for _, number in ipairs({ "1", "257", "many" }) do
    expect.fails("ARG 1 is the number of relays", net.put, net, "hop/1", "recursive_get.lua",
      { args = { number } })
  end
end)

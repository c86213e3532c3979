test("a get is answered after its delay, with the value of that moment", function(net)
  net:put("price", "delayed_get.lua", { value = "100" })
  local due = net:get("price", { payload = "60", callback = "inbox" })
  expect.between(due, net:now() + 59000, net:now() + 60000)
  net:advance("30s")
  net:set("price", "120")
  expect.equal(net:get("inbox"), nil)
  net:advance("31s")
  expect.equal(net:get("inbox"), "120")
end)

test("without a payload the delay of the object counts", function(net)
  net:put("price", "delayed_get.lua", { value = "100", args = { 5 } })
  net:get("price", { callback = "inbox" })
  net:advance("4s")
  expect.equal(net:get("inbox"), nil)
  net:advance("2s")
  expect.equal(net:get("inbox"), "100")
end)

test("gets are answered in the order of their times, whenever they came", function(net)
  net:put("price", "delayed_get.lua", { value = "1" })
  net:get("price", { payload = "300", callback = "late" })
  net:get("price", { payload = "100", callback = "early" })
  net:get("price", { payload = "200", callback = "middle" })
  for i, inbox in ipairs({ "early", "middle", "late" }) do
    net:set("price", tostring(i))
    net:advance("101s")
    expect.equal(net:get(inbox), tostring(i))
  end
end)

test("a hundred answers of one moment all come, and one more is refused before", function(net)
  net:put("price", "delayed_get.lua", { value = "100" })
  for i = 1, 100 do
    net:get("price", { payload = "60", callback = "inbox" .. i })
  end
  expect.fails("100 reads wait already", net.get, net, "price", { callback = "inbox101" })
  net:advance("65s")
  for i = 1, 100 do
    expect.equal(net:get("inbox" .. i), "100")
  end
  expect.equal(net:call("price", "readers"), { waiting = 0, lost = 0 })
  expect.equal(net:inspect("price").errors, 1, "the get that was refused")
end)

test("an answer whose node went down meanwhile is counted as lost", function(net)
  net:put("price", "delayed_get.lua", { value = "100" })
  net:get("price", { payload = "60", callback = "inbox" })
  net:node(1):kill()
  net:node(1):start()
  net:advance("2m")
  local client = net:client({ node = 1 })
  expect.equal(client:get("inbox"), nil)
  expect.equal(client:call("price", "readers"), { waiting = 0, lost = 1 })
end)

test("a get without a callback key, or with a delay that is none, says what to do", function(net)
  net:put("price", "delayed_get.lua", { value = "100" })
  expect.fails("name where the value shall go", net.get, net, "price")
  expect.fails("name where the value shall go", net.command, net, "GET", "price")
  for _, delay in ipairs({ "-1", "soon", "2592001" }) do
    expect.fails("the delay is 0 to 2592000 seconds", net.get, net, "price",
      { payload = delay, callback = "inbox" })
  end
  expect.fails("needs a VALUE", net.put, net, "other", "delayed_get.lua")
  expect.fails("the delay is", net.put, net, "other", "delayed_get.lua",
    { value = "x", args = { "soon" } })
end)

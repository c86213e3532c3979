local any = { handlers_reach = "any", nodes = 4 }
local source = "hierarchical_publish_subscribe.lua"

-- The relay of the first digit of a node's id.
local function relay_of(net, number)
  return "feed/" .. net:node(number).id:sub(1, 1)
end

local function put_tree(net)
  net:put("feed", source, { value = "nothing yet" })
  for number = 1, 4 do
    if not net:inspect(relay_of(net, number)) then
      net:put(relay_of(net, number), source)
    end
  end
end

local function subscribe(net, number, inbox)
  return net:client({ node = number }):get("feed", { callback = inbox })
end

test("a reader is served by the relay of his node's id", any, function(net)
  put_tree(net)
  for number = 1, 4 do
    expect.equal(subscribe(net, number, "inbox" .. number), relay_of(net, number))
  end
  expect.equal(net:call("feed", "serves").readers, 0)
end)

test("the tree grows downwards, digit by digit", any, function(net)
  put_tree(net)
  local id = net:node(2).id
  local deep = relay_of(net, 2) .. "/" .. id:sub(2, 2)
  net:put(deep, source)
  expect.equal(subscribe(net, 2, "inbox"), deep)
  net:set("feed", "news")
  net:advance("2s")
  expect.equal(net:get("inbox"), "news")
  expect.equal(net:get(deep), "news")
end)

test("each update is put to all readers, at all nodes", any, function(net)
  put_tree(net)
  for number = 1, 4 do
    for i = 1, 10 do
      subscribe(net, number, "inbox" .. number .. "." .. i)
    end
  end
  for _, news in ipairs({ "first", "second" }) do
    net:set("feed", news)
    net:advance("5s")
    for number = 1, 4 do
      for i = 1, 10 do
        expect.equal(net:get("inbox" .. number .. "." .. i), news)
      end
    end
  end
end)

test("a reader without a relay is served by the root, until a relay is there", any, function(net)
  net:put("feed", source)
  expect.equal(subscribe(net, 1, "inbox"), "feed")
  net:set("feed", "news")
  net:advance("2s")
  expect.equal(net:get("inbox"), "news")
  net:put(relay_of(net, 1), source)
  expect.equal(net:get(relay_of(net, 1)), "news", "a new relay begins with the newest value")
  expect.equal(subscribe(net, 1, "inbox"), relay_of(net, 1))
end)

test("a lease ends, and a get renews it", { handlers_reach = "any" }, function(net)
  net:put("feed", source, { args = { 60 } })
  subscribe(net, 1, "kept")
  subscribe(net, 1, "left")
  net:advance("40s")
  subscribe(net, 1, "kept")
  net:advance("40s")
  net:set("feed", "news")
  net:advance("2s")
  expect.equal(net:get("kept"), "news")
  expect.equal(net:get("left"), nil)
  expect.equal(net:call("feed", "serves").readers, 1)
end)

test("a full object takes new readers when leases have ended", { handlers_reach = "any" },
  function(net)
    net:put("feed", source, { args = { 600 } })
    for i = 1, 200 do
      subscribe(net, 1, "inbox" .. i)
    end
    expect.fails("serves 200 readers", subscribe, net, 1, "late")
    net:advance("11m")
    expect.equal(subscribe(net, 1, "late"), "feed")
    expect.equal(net:call("feed", "serves").readers, 1)
    net:set("feed", "news")
    net:advance("2s")
    expect.equal(net:get("late"), "news")
  end)

test("a relay that is deleted is gone round, and what it missed comes after it is put again", any,
  function(net)
    put_tree(net)
    local relay = relay_of(net, 3)
    net:del(relay)
    net:set("feed", "news")
    net:advance("2s")
    expect.equal(subscribe(net, 3, "inbox"), "feed")
    net:put(relay, source)
    expect.equal(net:get(relay), "news")
    expect.equal(subscribe(net, 3, "inbox"), relay)
  end)

test("a tree goes on after nodes went down and came back", any, function(net)
  put_tree(net)
  subscribe(net, 1, "inbox")
  local relay = relay_of(net, 1)
  local down = net:inspect(relay).leader
  net:node(down):kill()
  net:advance("20s")
  local client = net:client({ node = down % 4 + 1 })
  client:set("feed", "news")
  net:advance("20s")
  net:node(down):start()
  net:settle()
  net:advance("6m")
  expect.equal(client:get("inbox"), "news")
  expect.equal(client:get(relay), "news")
end)

test("more readers than a minute has messages for are all told in the end",
  { handlers_reach = "any" }, function(net)
    net:put("feed", source)
    for i = 1, 200 do
      subscribe(net, 1, "inbox" .. i)
    end
    local full = "serves 200 readers; put a relay at feed/" .. net:node(1).id:sub(1, 1)
    expect.fails(full, subscribe, net, 1, "inbox201")
    net:set("feed", "news")
    net:advance("2m")
    for i = 1, 200 do
      expect.equal(net:get("inbox" .. i), "news")
    end
    expect.equal(net:inspect("feed").errors, 1)
  end)

test("nobody else speaks for the objects of the tree", any, function(net)
  put_tree(net)
  local relay = relay_of(net, 1)
  expect.fails("only the objects of the tree", net.call, net, relay, "deliver", 99, "forged")
  expect.fails("only the objects of the tree", net.call, net, relay, "place", "inbox", "00")
  expect.fails("only the objects of the tree", net.call, net, "feed", "adopt")
  expect.fails("refused", net.set, net, relay, "forged")
  expect.fails("subscribe at the root", net.get, net, relay, { callback = "inbox" })
  net:put("feed/x", [[
    local aso = {}
    function aso:forge() return { dht.call("feed", "adopt") } end
    return aso]])
  expect.matches(net:call("feed/x", "forge")[2], "only the objects of the tree")
end)

test("a relay without its root, or without a right to other keys, is not stored", any,
  function(net)
    expect.fails("put feed first", net.put, net, "feed/a", source)
    expect.fails("ARG 1 is the lease", net.put, net, "feed", source, { args = { "0" } })
    expect.equal(net:inspect("feed/a"), nil)
    expect.equal(net:inspect("feed"), nil)
  end)

test("code that may not reach other keys cannot be a relay", function(net)
  net:put("feed", source)
  expect.fails("may not reach", net.put, net, "feed/a", source)
end)

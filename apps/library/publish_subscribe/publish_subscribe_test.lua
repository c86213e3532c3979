local function feed(net)
  net:put("feed", "publish_subscribe.lua", { value = "nothing yet" })
end

local function wait_for_update(client, inbox, seen)
  return client:get("feed", { callback = inbox, payload = seen })
end

test("a get with a callback key waits for the next update, which is put there once", function(net)
  feed(net)
  expect.equal(wait_for_update(net, "inbox"), nil)
  expect.equal(net:get("inbox"), nil)
  net:set("feed", "first")
  net:advance("1s")
  expect.equal(net:get("inbox"), "first")
  net:set("feed", "second")
  net:advance("1s")
  expect.equal(net:get("inbox"), "first", "once for each get")
  expect.equal(net:get("feed"), "second")
end)

test("an update reaches readers at all nodes", { nodes = 3 }, function(net)
  feed(net)
  for i = 1, 15 do
    wait_for_update(net:client({ node = i % 3 + 1 }), "inbox" .. i)
  end
  net:client({ node = 2 }):set("feed", "news")
  net:advance("5s")
  for i = 1, 15 do
    expect.equal(net:client({ node = i % 3 + 1 }):get("inbox" .. i), "news")
  end
  expect.equal(net:call("feed", "readers"), { waiting = 0, lost = 0 })
end)

test("who tells the version he has seen misses nothing between two gets", function(net)
  feed(net)
  local seen = net:call("feed", "latest").version
  net:set("feed", "first")
  expect.equal(wait_for_update(net, "inbox", seen), "first")
  local latest = net:call("feed", "latest")
  expect.equal(latest, { version = seen + 1, value = "first" })
  expect.equal(wait_for_update(net, "inbox", latest.version), nil)
  net:set("feed", "second")
  net:advance("1s")
  expect.equal(net:get("inbox"), "second")
end)

test("the newest value goes out where updates come faster than they are brought", function(net)
  feed(net)
  for i = 1, 30 do
    wait_for_update(net, "inbox" .. i)
  end
  net:set("feed", "first")
  net:set("feed", "second")
  net:advance("5s")
  expect.equal(net:get("inbox1"), "first")
  expect.equal(net:get("inbox30"), "second")
end)

test("more readers than a minute has messages for are all told in the end", function(net)
  feed(net)
  for i = 1, 300 do
    wait_for_update(net, "inbox" .. i)
  end
  expect.fails("300 readers wait already", wait_for_update, net, "inbox301")
  net:set("feed", "news")
  net:advance("20s")
  expect.equal(net:call("feed", "readers"), { waiting = 120, lost = 0 })
  net:advance("2m")
  expect.equal(net:call("feed", "readers"), { waiting = 0, lost = 0 })
  for i = 1, 300 do
    expect.equal(net:get("inbox" .. i), "news")
  end
  expect.equal(net:inspect("feed").errors, 1, "the get that was refused")
end)

test("a callback key waits once, however often it is named", function(net)
  feed(net)
  for _ = 1, 5 do
    wait_for_update(net, "inbox")
  end
  expect.equal(net:call("feed", "readers").waiting, 1)
  expect.fails("at most 64 bytes", wait_for_update, net, ("k"):rep(65))
end)

test("readers who waited when the node went down are counted as lost", function(net)
  feed(net)
  wait_for_update(net, "inbox")
  net:node(1):kill()
  net:node(1):start()
  local client = net:client({ node = 1 })
  client:set("feed", "news")
  net:advance("1s")
  expect.equal(client:get("inbox"), nil)
  expect.equal(client:call("feed", "readers"), { waiting = 0, lost = 1 })
  wait_for_update(client, "inbox")
  client:set("feed", "more news")
  net:advance("1s")
  expect.equal(client:get("inbox"), "more news")
end)

test("a reader whose inbox refuses is counted as lost, and the others are told", function(net)
  feed(net)
  net:put("closed", "local aso = {} function aso:onUpdate() return self end return aso")
  wait_for_update(net, "closed")
  wait_for_update(net, "open")
  net:set("feed", "news")
  net:advance("1s")
  expect.equal(net:get("open"), "news")
  expect.equal(net:call("feed", "readers"), { waiting = 0, lost = 1 })
end)

test("as many readers as can wait, with the longest keys, leave room for a value", function(net)
  feed(net)
  for i = 1, 300 do
    wait_for_update(net, ("%064d"):format(i))
  end
  net:set("feed", ("v"):rep(16000))
  net:advance("3m")
  expect.equal(net:call("feed", "readers"), { waiting = 0, lost = 0 })
  expect.equal(#net:get(("%064d"):format(300)), 16000)
end)

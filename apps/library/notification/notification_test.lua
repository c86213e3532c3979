local function inbox(net, ...)
  net:put("news", "notification.lua", { args = { ... } })
end

local function texts(answer)
  local found = {}
  for place, message in ipairs(answer.messages) do
    found[place] = message.text
  end
  return found
end

test("who listens hears each message with its number", function(net)
  inbox(net)
  local listener = net:client()
  listener:subscribe("notification:news")
  expect.equal(net:call("news", "send", "door opened"), 1)
  expect.equal(net:call("news", "send", "door closed"), 2)
  net:advance("1s")
  local heard = listener:messages()
  expect.equal({ heard[1].message, heard[2].message }, { "1 door opened", "2 door closed" })
end)

test("who was away asks for what came meanwhile", function(net)
  inbox(net)
  for _, text in ipairs({ "one", "two", "three" }) do
    net:call("news", "send", text)
  end
  local answer = net:call("news", "since", 1)
  expect.equal(texts(answer), { "two", "three" })
  expect.equal({ answer.messages[1].number, answer.missed, answer.more }, { 2, 0, 0 })
  expect.near(answer.messages[1].time, net:now(), 5000)
  expect.equal(texts(net:call("news", "since", 3)), {})
  expect.equal(net:get("news"), 3)
end)

test("a listener on any node and one that comes later miss nothing together", { nodes = 3 },
  function(net)
    inbox(net)
    local listener = net:client({ node = 3 })
    listener:subscribe("notification:news")
    net:advance("5s")
    net:call("news", "send", "one")
    net:advance("1s")
    listener:unsubscribe("notification:news")
    net:call("news", "send", "two")
    local heard = listener:messages()
    expect.equal(heard[1].message, "1 one")
    expect.equal(texts(listener:call("news", "since", 1)), { "two" })
  end)

test("who was away for too long is told how many are lost", function(net)
  inbox(net, 10)
  for n = 1, 25 do
    net:call("news", "send", "text " .. n)
  end
  local answer = net:call("news", "since", 3)
  expect.equal(#answer.messages, 10)
  expect.equal({ answer.messages[1].text, answer.missed }, { "text 16", 12 })
end)

test("a long list comes in parts", function(net)
  inbox(net, 120)
  for n = 1, 120 do
    net:call("news", "send", "text " .. n)
  end
  local seen, answer = 0, nil
  repeat
    answer = net:call("news", "since", seen)
    expect.equal(answer.missed, 0)
    expect.equal(answer.messages[1].number, seen + 1)
    seen = answer.messages[#answer.messages].number
  until answer.more == 0
  expect.equal(seen, 120)
end)

test("readers keep here up to where they have read, and never go back", function(net)
  inbox(net)
  net:call("news", "send", "one")
  net:call("news", "send", "two")
  expect.equal(texts(net:call("news", "unread", "anna")), { "one", "two" })
  expect.equal(net:call("news", "read_to", "anna", 1), 1)
  expect.equal(texts(net:call("news", "unread", "anna")), { "two" })
  expect.equal(net:call("news", "read_to", "anna", 2), 2)
  expect.equal(net:call("news", "read_to", "anna", 1), 2)
  expect.equal(texts(net:call("news", "unread", "bert")), { "one", "two" })
end)

test("there is room for so many readers, and one that is forgotten makes room", function(net)
  inbox(net)
  for n = 1, 64 do
    net:call("news", "read_to", "reader " .. n, 0)
  end
  expect.fails("64 readers already", net.call, net, "news", "read_to", "one more", 0)
  expect.truthy(net:call("news", "forget", "reader 5"))
  expect.falsy(net:call("news", "forget", "reader 5"))
  net:call("news", "read_to", "one more", 0)
end)

test("long messages push out older ones, and all stays within its limits", function(net)
  inbox(net, 200)
  for n = 1, 210 do
    net:call("news", "send", ("%06d"):format(n) .. ("x"):rep(74))
    net:advance("1s")
  end
  expect.equal(net:call("news", "since", 0).missed, 10)
  for n = 1, 40 do
    net:call("news", "send", ("%06d"):format(n) .. ("x"):rep(1018))
    net:advance("1s")
  end
  local answer = net:call("news", "since", 0)
  expect.equal(#answer.messages, 16)
  expect.equal(answer.missed, 234)
  local found = net:inspect("news")
  expect.truthy(found.fuel_max < 30000, "fuel " .. found.fuel_max)
  expect.equal(found.errors, 0)
end)

test("a listener that stops listening finds out by the number what it missed", function(net)
  inbox(net)
  local listener = net:client()
  listener:subscribe("notification:news")
  net:call("news", "send", "one")
  net:advance("1s")
  listener:unsubscribe("notification:news")
  net:call("news", "send", "two")
  listener:subscribe("notification:news")
  net:call("news", "send", "three")
  net:advance("1s")
  local heard = listener:messages()
  expect.equal({ heard[1].message, heard[2].message, #heard }, { "1 one", "3 three", 2 })
  expect.equal(texts(net:call("news", "since", 1)), { "two", "three" })
end)

test("messages survive the node they are on", { nodes = 3 }, function(net)
  inbox(net)
  net:call("news", "send", "one")
  local leader = net:inspect("news").leader
  net:node(leader):kill()
  net:advance("30s")
  local other = net:client({ node = leader % 3 + 1 })
  expect.equal(texts(other:call("news", "since", 0)), { "one" })
end)

test("what cannot be meant is told, and writes are refused", function(net)
  expect.fails("ARG 1 is how many messages are kept: 1 to 200", inbox, net, 201)
  inbox(net)
  expect.fails("a text of 1 to 1024 bytes", net.call, net, "news", "send")
  expect.fails("a text of 1 to 1024 bytes", net.call, net, "news", "send", ("x"):rep(1025))
  expect.fails("a number of a message: 0 to 0", net.call, net, "news", "since", 1)
  expect.fails("a number of a message", net.call, net, "news", "since", "yesterday")
  expect.fails("a reader's name", net.call, net, "news", "read_to")
  expect.fails("refused", net.set, net, "news", "x")
  expect.equal(net:get("news"), 0)
end)

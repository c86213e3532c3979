local any = { handlers_reach = "any", nodes = 5 }
local copies = { "doc@a", "doc@b", "doc@c" }

local function put_copies(net, interval)
  for i, key in ipairs(copies) do
    local others = copies[i % 3 + 1] .. "," .. copies[(i + 1) % 3 + 1]
    net:put(key, "reconciliation.lua", { args = { others, interval or 30 } })
  end
end

local function expect_all(net, document)
  for _, key in ipairs(copies) do
    expect.equal(net:get(key), document, key)
  end
end

test("what is written at each copy is at all of them after an exchange", any, function(net)
  put_copies(net)
  net:call("doc@a", "set", "title", "Comet")
  net:call("doc@b", "set", "pages", "16")
  net:call("doc@c", "set", "year", "2010")
  expect.equal(net:get("doc@a"), { title = "Comet" })
  net:advance("2m")
  expect_all(net, { title = "Comet", pages = "16", year = "2010" })
  expect.equal(net:call("doc@b", "field", "title"), "Comet")
  expect.equal(net:call("doc@b", "field", "author"), nil)
end)

test("of two writes to one field the later one stays, at all copies", any, function(net)
  put_copies(net)
  net:call("doc@a", "set", "title", "first")
  net:advance("1s")
  net:call("doc@b", "set", "title", "second")
  net:advance("2m")
  expect_all(net, { title = "second" })
  net:call("doc@a", "set", "title", "third")
  net:advance("2m")
  expect_all(net, { title = "third" })
end)

test("a copy writes while it hears nothing of the others", any, function(net)
  put_copies(net)
  net:call("doc@a", "set", "title", "Comet")
  net:advance("2m")
  net:del("doc@b", "doc@c")
  net:call("doc@a", "set", "pages", "16")
  net:advance("2m")
  expect.truthy(net:call("doc@a", "misses") > 0, "exchanges failed")
  expect.equal(net:get("doc@a"), { title = "Comet", pages = "16" })
  net:put("doc@b", "reconciliation.lua", { args = { "doc@a,doc@c", 30 } })
  net:put("doc@c", "reconciliation.lua", { args = { "doc@a,doc@b", 30 } })
  net:advance("2m")
  expect_all(net, { title = "Comet", pages = "16" })
end)

test("two sides of a cut network write, and agree when it is whole again", any, function(net)
  put_copies(net)
  net:call("doc@a", "set", "title", "Comet")
  net:advance("2m")
  net:partition({ 1, 2 }, { 3, 4, 5 })
  net:advance("30s")
  local written = 0
  for number = 1, 5 do
    local client = net:client({ node = number })
    for _, key in ipairs(copies) do
      local taken = pcall(client.call, client, key, "set", "node" .. number .. key:sub(-1), "there")
      written = written + (taken and 1 or 0)
    end
  end
  expect.truthy(written > 0, "some copy is within reach of some side")
  net:heal()
  net:settle()
  net:advance("5m")
  local document = net:get("doc@a")
  expect_all(net, document)
  local fields = 0
  for _ in pairs(document) do
    fields = fields + 1
  end
  expect.truthy(fields >= written + 1, "nothing that was taken is lost")
end)

test("a field that was removed stays removed", any, function(net)
  put_copies(net)
  net:call("doc@a", "set", "title", "Comet")
  net:call("doc@a", "set", "pages", "16")
  net:advance("2m")
  expect.equal(net:call("doc@b", "remove", "title"), true)
  expect.equal(net:call("doc@b", "remove", "title"), false)
  net:advance("2m")
  expect_all(net, { pages = "16" })
  net:call("doc@c", "set", "title", "again")
  net:advance("2m")
  expect_all(net, { pages = "16", title = "again" })
end)

test("what was removed is forgotten after a week, and makes room", any, function(net)
  put_copies(net, 3600)
  for i = 1, 64 do
    net:call("doc@a", "set", "field" .. i, "x")
  end
  expect.fails("the document has 64 fields", net.call, net, "doc@a", "set", "more", "x")
  net:call("doc@a", "remove", "field1")
  expect.fails("the document has 64 fields", net.call, net, "doc@a", "set", "more", "x")
  net:advance("8d")
  net:call("doc@a", "set", "more", "x")
  expect.equal(net:call("doc@a", "field", "more"), "x")
end)

test("the largest document is exchanged within the limits", any, function(net)
  put_copies(net)
  for i = 1, 64 do
    net:call("doc@a", "set", ("%040d"):format(i), ("v"):rep(128))
  end
  net:advance("3m")
  for _, key in ipairs(copies) do
    expect.equal(net:call(key, "field", ("%040d"):format(64)), ("v"):rep(128))
    expect.equal(net:inspect(key).errors, 0)
  end
end)

test("nobody but the other copies exchanges, and the document is not written whole", any,
  function(net)
    put_copies(net)
    expect.fails("only the other copies", net.call, net, "doc@a", "exchange", "\x80")
    expect.fails("refused", net.set, net, "doc@a", "forged")
    expect.fails("1 to 40 bytes", net.call, net, "doc@a", "set", "", "x")
    expect.fails("1 to 40 bytes", net.call, net, "doc@a", "set", ("n"):rep(41), "x")
    expect.fails("at most 128 bytes", net.call, net, "doc@a", "set", "name", ("v"):rep(129))
    expect.equal(net:get("doc@a"), {})
  end)

test("arguments that are none are refused and say what they are", any, function(net)
  for _, wrong in ipairs({ {}, { "" }, { "doc@a" }, { "1,2,3,4,5,6,7,8,9" } }) do
    expect.fails("ARG 1 names the other copies", net.put, net, "doc@a", "reconciliation.lua",
      { args = wrong })
  end
  expect.fails("ARG 2 is the time", net.put, net, "doc@a", "reconciliation.lua",
    { args = { "doc@b", "0" } })
end)

test("code that may not reach other keys is not stored, and says why", function(net)
  expect.fails("may not reach", net.put, net, "doc@a", "reconciliation.lua",
    { args = { "doc@b" } })
  expect.equal(net:inspect("doc@a"), nil)
end)

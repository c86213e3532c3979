local any = { handlers_reach = "any", nodes = 3 }

-- An origin that counts how often it is read.
local counted = [[
local aso = { reads = 0 }
function aso:onGet() self.reads = self.reads + 1 return self.value end
return aso
]]

local function origin_reads(net)
  return net:inspect("page").state.reads
end

local function read(net, times)
  for _ = 1, times do
    expect.equal(net:get("cache"), "hello")
  end
end

test("what is read seldom is asked of its key each time", any, function(net)
  net:put("page", counted, { value = "hello" })
  net:put("cache", "popularity_cache.lua", { args = { "page", 5 } })
  read(net, 4)
  expect.equal(origin_reads(net), 4)
  net:set("page", "changed")
  expect.equal(net:get("cache"), "changed", "never old")
end)

test("what is read often is kept: its key is asked once in a while", any, function(net)
  net:put("page", counted, { value = "hello" })
  net:put("cache", "popularity_cache.lua", { args = { "page", 5, 30 } })
  read(net, 5)
  expect.equal(origin_reads(net), 5)
  read(net, 100)
  expect.equal(origin_reads(net), 5)
  net:advance("31s")
  read(net, 100)
  expect.equal(origin_reads(net), 6)
  local figures = net:call("cache", "figures")
  expect.equal(figures.hits, 199)
  expect.equal(figures.kept, true)
end)

test("a kept value is as old as was said, and not older", any, function(net)
  net:set("page", "hello")
  net:put("cache", "popularity_cache.lua", { args = { "page", 1, 10 } })
  read(net, 1)
  net:set("page", "changed")
  net:advance("8s")
  read(net, 1)
  net:advance("3s")
  expect.equal(net:get("cache"), "changed")
end)

test("what is popular no more is asked of its key again", any, function(net)
  net:put("page", counted, { value = "hello" })
  net:put("cache", "popularity_cache.lua", { args = { "page", 3, 30 } })
  read(net, 10)
  net:advance("5m")
  local before = origin_reads(net)
  read(net, 2)
  expect.equal(origin_reads(net), before + 2)
  expect.equal(net:call("cache", "figures").kept, false)
end)

test("a writer drops what is kept", any, function(net)
  net:set("page", "hello")
  net:put("cache", "popularity_cache.lua", { args = { "page", 1, 3600 } })
  read(net, 1)
  net:set("page", "changed")
  expect.equal(net:call("cache", "forget"), true)
  expect.equal(net:get("cache"), "changed")
end)

test("a key that does not exist is nothing, popular or not", any, function(net)
  net:put("cache", "popularity_cache.lua", { args = { "page", 2 } })
  for _ = 1, 5 do
    expect.equal(net:get("cache"), nil)
  end
  net:set("page", "hello")
  read(net, 1)
end)

test("a value over 32 kB passes through", any, function(net)
  net:put("cache", "popularity_cache.lua", { args = { "page", 1, 3600 } })
  net:set("page", ("x"):rep(32769))
  expect.equal(#net:get("cache"), 32769)
  expect.equal(net:call("cache", "figures").kept, false)
end)

test("a cache refuses writes, and says what it cannot reach", function(net)
  net:set("page", "hello")
  net:put("cache", "popularity_cache.lua", { args = { "page" } })
  expect.fails("may not reach", net.get, net, "cache")
  expect.fails("refused", net.set, net, "cache", "forged")
end)

test("arguments that are none are refused and say what they are", any, function(net)
  local wrong = {
    { {}, "ARG 1" }, { { "cache" }, "ARG 1" }, { { "page", "0" }, "ARG 2" },
    { { "page", "few" }, "ARG 2" }, { { "page", 1, "0" }, "ARG 3" },
    { { "page", 1, "x" }, "ARG 3" },
  }
  for _, one in ipairs(wrong) do
    expect.fails(one[2], net.put, net, "cache", "popularity_cache.lua", { args = one[1] })
  end
  expect.equal(net:inspect("cache"), nil)
end)

local file = "rate_limiter.lua"

local function limiter(net, ...)
  net:put("limit", file, { args = { ... } })
end

local function take(net, n)
  return net:call("limit", "take", n or 1)
end

test("a bucket gives what it holds at once, and then one permit as each comes back", function(net)
  limiter(net, "token_bucket", 10, 60)
  for left = 9, 0, -1 do
    expect.equal(take(net).left, left)
  end
  local refused = take(net)
  expect.falsy(refused.allowed)
  expect.between(refused.retry_ms, 5900, 6000)
  net:advance(refused.retry_ms / 1000)
  expect.truthy(take(net).allowed, "a retry at the time that was told")
  expect.falsy(take(net).allowed)
end)

test("a bucket never holds more than its size, however long the pause", function(net)
  limiter(net, "token_bucket", 5, 1)
  take(net, 5)
  net:advance("1d")
  expect.equal(net:get("limit"), 5)
  expect.truthy(take(net, 5).allowed)
  expect.falsy(take(net).allowed)
end)

test("several permits are taken together or not at all", function(net)
  limiter(net, "token_bucket", 10, 10)
  take(net, 8)
  local refused = take(net, 5)
  expect.falsy(refused.allowed)
  expect.equal(refused.left, 2)
  expect.truthy(take(net, 2).allowed, "the refusal took nothing")
end)

test("a bucket gives no more than its rate over a long time", function(net)
  limiter(net, "token_bucket", 3, 7)
  local given, begin = 0, net:now()
  while net:now() - begin < 700000 do
    if take(net).allowed then
      given = given + 1
    end
    net:advance(net:random(900) / 1000)
  end
  expect.between(given, 290, 304)
end)

test("no period of a window has more than its permits, wherever it begins", function(net)
  limiter(net, "sliding_window", 20, 10)
  local given = {}
  for _ = 1, 400 do
    local before = net:now()
    if take(net).allowed then
      given[#given + 1] = { before, net:now() }
    end
    net:advance(net:random(400) / 1000)
  end
  expect.truthy(#given > 100)
  for i = 21, #given do
    -- The 21st after a permit came over a period later than it, by the node's clock in between.
    expect.truthy(given[i][2] - given[i - 20][1] >= 10000, "permits " .. i - 20 .. " and " .. i)
  end
end)

test("a window tells when there will be enough, and then there is", function(net)
  limiter(net, "sliding_window", 4, 60)
  take(net, 2)
  net:advance("10s")
  take(net, 2)
  local refused = take(net, 3)
  expect.falsy(refused.allowed)
  expect.between(refused.retry_ms, 59900, 60000)
  net:advance(refused.retry_ms / 1000)
  expect.truthy(take(net, 3).allowed)
end)

test("a read tells what is left and takes nothing", function(net)
  for _, kind in ipairs({ "token_bucket", "sliding_window" }) do
    net:put(kind, file, { args = { kind, 3, 3600 } })
    net:call(kind, "take")
    expect.equal(net:get(kind), 2)
    expect.equal(net:get(kind), 2)
    net:advance("1h")
    expect.equal(net:get(kind), 3)
  end
end)

test("a limiter that exists is neither replaced nor overwritten", function(net)
  limiter(net, "token_bucket", 1, 3600)
  take(net)
  expect.fails("refused", limiter, net, "token_bucket", 1, 3600)
  expect.fails("refused", net.set, net, "limit", "100")
  expect.falsy(take(net).allowed)
end)

test("a limiter that nobody uses deletes itself, one in use does not", function(net)
  limiter(net, "token_bucket", 10, 1, 3600)
  net:advance("59m")
  take(net)
  net:advance("59m")
  expect.truthy(net:inspect("limit"))
  net:advance("2m")
  expect.equal(net:inspect("limit"), nil)
end)

test("what is left outlives the node that gave it", { nodes = 3 }, function(net)
  limiter(net, "token_bucket", 3, 3600)
  take(net, 3)
  local leader = net:inspect("limit").leader
  net:node(leader):kill()
  net:advance("1m")
  local other = net:client({ node = leader % 3 + 1 })
  expect.falsy(other:call("limit", "take").allowed)
end)

test("arguments that make no limiter are told", function(net)
  expect.fails("ARG 1 is the kind", limiter, net)
  expect.fails("ARG 1 is the kind", limiter, net, "leaky", 1, 1)
  expect.fails("ARG 2 is how many", limiter, net, "token_bucket", "many", 1)
  expect.fails("ARG 2 is how many permits: 1 to 500", limiter, net, "sliding_window", 501, 1)
  expect.fails("ARG 3 is the period", limiter, net, "token_bucket", 1, 0)
  expect.fails("ARG 3 is the period", limiter, net, "token_bucket", 1, "nan")
  expect.fails("ARG 4 is the pause", limiter, net, "token_bucket", 1, 1, "never")
  limiter(net, "token_bucket", 3, 1)
  for _, n in ipairs({ "0", "-1", "4", "1.5", "x" }) do
    expect.fails("a whole number from 1 to the limit, 3", take, net, n)
  end
end)

test("a full window stays far within the limits of an object", function(net)
  limiter(net, "sliding_window", 500, 600)
  for _ = 1, 500 do
    expect.truthy(take(net).allowed)
    net:advance("50ms")
  end
  expect.falsy(take(net, 500).allowed)
  net:advance("5m")
  take(net)
  local found = net:inspect("limit")
  expect.truthy(found.fuel_max < 50000, found.fuel_max)
  expect.equal(found.errors, 0)
end)

local stable = 3  -- nodes that stay: those of the clients
local look = 5    -- seconds

local function exponential(net, median)
  return -math.log(net:random(1000000) / 1000000) * median / math.log(2)
end

-- Nodes go when their sessions, drawn beforehand, are over, and come back after 20 to 40 seconds.
-- Gives the lengths of the sessions that began in this time, those that still last as long as they
-- would have lasted.
local function churn(net, median, seconds)
  local lengths, plan = {}, {}
  local now_s = function() return net:now() / 1000 end
  local ends = now_s() + seconds
  for _, node in ipairs(net:nodes()) do
    if node.number > stable then
      plan[#plan + 1] = { node = node, up = true, at = now_s() + exponential(net, median) }
    end
  end
  while true do
    table.sort(plan, function(a, b) return a.at < b.at end)
    local next_one = plan[1]
    net:advance(math.max(math.min(next_one.at, ends) - now_s(), 0))
    if next_one.at > ends then
      return lengths
    end
    if next_one.up then
      next_one.node:kill()
      if next_one.place then
        lengths[next_one.place] = now_s() - next_one.began
      end
      next_one.at = now_s() + 20 + 20 * net:random(1000) / 1000
    else
      local length = exponential(net, median)
      next_one.place, next_one.began, next_one.at = #lengths + 1, now_s(), now_s() + length
      lengths[next_one.place] = length
      next_one.node:start()
    end
    next_one.up = not next_one.up
  end
end

local function median_of(list)
  table.sort(list)
  local middle = #list // 2
  return #list % 2 == 1 and list[middle + 1] or (list[middle] + list[middle + 1]) / 2
end

test("the median session is estimated within a tenth, those that still last included",
  { nodes = 7 }, function(net)
    net:put("lifetime", "lifetime_internal.lua", { args = { look } })
    net:advance("1m")
    local drawn = churn(net, 120, 3600)
    local report = net:call("lifetime", "report")
    expect.truthy(report.whole > 50 and report.lasting > 0, "sessions of both kinds")
    local actual = median_of(drawn)
    expect.near(report.median, actual, actual / 10)
    expect.equal(net:get("lifetime"), report.median)
  end)

test("nothing is said of sessions as long as more than half of them last", { nodes = 4 },
  function(net)
    net:put("lifetime", "lifetime_internal.lua", { args = { look } })
    net:advance("1m")
    expect.equal(net:get("lifetime"), nil)
    local added = net:add(5)
    net:advance("3m")
    added[1]:kill()
    added[2]:kill()
    net:advance("20m")
    local report = net:call("lifetime", "report")
    expect.equal(report.whole, 2)
    expect.equal(report.lasting, 3)
    expect.equal(report.median, nil, "a median of the two would be far too short")
    added[3]:kill()
    net:advance("1m")
    expect.between(net:get("lifetime"), 23 * 60, 25 * 60)
  end)

test("nodes that were there before the object are not counted: their beginning is unknown",
  { nodes = 5 }, function(net)
    net:put("lifetime", "lifetime_internal.lua", { args = { look } })
    net:advance("1m")
    net:node(5):kill()
    net:advance("1m")
    expect.equal(net:call("lifetime", "report").whole, 0)
    expect.equal(net:call("lifetime", "report").lasting, 0)
    net:node(5):start()
    net:advance("10m")
    net:node(5):kill()
    net:advance("1m")
    expect.near(net:get("lifetime"), 600, 2 * look)
  end)

test("what went while the object itself was down is counted up to its last sight only",
  { nodes = 4 }, function(net)
    net:put("lifetime", "lifetime_internal.lua", { args = { look } })
    net:advance("1m")
    local added = net:add(1)
    net:advance("5m")
    for number = 1, 4 do
      net:node(number):kill()
    end
    added[1]:kill()
    net:advance("1h")
    for number = 1, 4 do
      net:node(number):start()
    end
    net:advance("2m")
    local report = net:client({ node = 1 }):call("lifetime", "report")
    expect.equal(report.whole, 0)
    expect.equal(report.lasting, 1)
  end)

test("a time between looks that is none is refused, and there is no value to write", function(net)
  for _, interval in ipairs({ "0", "often" }) do
    expect.fails("ARG 1 is the time", net.put, net, "lifetime", "lifetime_internal.lua",
      { args = { interval } })
  end
  net:put("lifetime", "lifetime_internal.lua")
  expect.fails("refused", net.set, net, "lifetime", "1")
end)

local function flag(net, share)
  net:put("dark mode", "feature_flag.lua", { args = { share } })
end

local function enabled(net, user)
  return net:call("dark mode", "enabled", user)
end

-- How many of n users have it, and who.
local function who_has(net, n, key)
  local found, count = {}, 0
  for i = 1, n do
    found[i] = net:call(key or "dark mode", "enabled", "user " .. i)
    count = count + (found[i] and 1 or 0)
  end
  return found, count
end

test("nobody has a flag of 0 percent, everybody one of 100", function(net)
  flag(net)
  expect.equal(select(2, who_has(net, 50)), 0)
  net:call("dark mode", "roll_out", 100)
  expect.equal(select(2, who_has(net, 50)), 50)
end)

test("a share of the users has it, and each keeps it", function(net)
  flag(net, 20)
  local before, count = who_has(net, 1000)
  expect.between(count, 150, 250) -- four standard deviations of 200
  expect.equal(who_has(net, 1000), before)
end)

test("a share that grows keeps all who have it", function(net)
  flag(net, 10)
  local before = who_has(net, 300)
  for _, share in ipairs({ 25, 50, 99 }) do
    net:call("dark mode", "roll_out", share)
    local after = who_has(net, 300)
    for i = 1, 300 do
      expect.truthy(after[i] or not before[i], "user " .. i .. " at " .. share)
    end
    before = after
  end
end)

test("two flags choose different users", function(net)
  flag(net, 50)
  net:put("light mode", "feature_flag.lua", { args = { 50 } })
  local dark, light = who_has(net, 400), who_has(net, 400, "light mode")
  local same = 0
  for i = 1, 400 do
    same = same + (dark[i] == light[i] and 1 or 0)
  end
  expect.between(same, 150, 250) -- five standard deviations of 200
end)

test("all nodes say the same, also when one dies", { nodes = 3 }, function(net)
  flag(net, 50)
  local before = who_has(net, 30)
  local leader = net:inspect("dark mode").leader
  net:node(leader):kill()
  net:advance("30s")
  local other = net:client({ node = leader % 3 + 1 })
  for i = 1, 30 do
    expect.equal(other:call("dark mode", "enabled", "user " .. i), before[i])
  end
end)

test("a share is reached evenly over a time", function(net)
  flag(net, 0)
  net:call("dark mode", "roll_out", 100, 3600)
  expect.near(net:get("dark mode"), 0, 0.1)
  net:advance("15m")
  expect.near(net:get("dark mode"), 25, 0.1)
  net:call("dark mode", "roll_out", 0, 900) -- back from where it is
  net:advance("450s")
  expect.near(net:get("dark mode"), 12.5, 0.1)
  net:advance("1h")
  expect.equal(net:get("dark mode"), 0)
end)

test("exceptions go before the share, and are cleared", function(net)
  flag(net, 0)
  expect.equal(net:call("dark mode", "allow", "anna"), true)
  expect.truthy(enabled(net, "anna"))
  net:call("dark mode", "roll_out", 100)
  expect.equal(net:call("dark mode", "deny", "bert"), false)
  expect.falsy(enabled(net, "bert"))
  expect.truthy(net:call("dark mode", "clear", "bert"))
  expect.falsy(net:call("dark mode", "clear", "bert"))
  expect.truthy(enabled(net, "bert"))
end)

test("a read with a user as payload asks for that user, SET sets the share", function(net)
  flag(net, 0)
  net:set("dark mode", "100")
  expect.equal(net:get("dark mode", { payload = "anna" }), true)
  expect.near(net:get("dark mode"), 100, 0)
  expect.fails("the share is a number from 0 to 100", net.set, net, "dark mode", "all")
  expect.truthy(enabled(net, "anna"))
end)

test("there is room for so many exceptions", function(net)
  flag(net, 0)
  for n = 1, 200 do
    net:call("dark mode", "allow", ("%064d"):format(n))
  end
  expect.fails("200 exceptions already", net.call, net, "dark mode", "allow", "one more")
  net:call("dark mode", "deny", ("%064d"):format(7))
  net:call("dark mode", "clear", ("%064d"):format(7))
  net:call("dark mode", "allow", "one more")
  local found = net:inspect("dark mode")
  expect.truthy(found.fuel_max < 20000, "fuel " .. found.fuel_max)
end)

test("what cannot be meant is told", function(net)
  for _, share in ipairs({ "-1", "101", "half", "nan" }) do
    expect.fails("the share is a number from 0 to 100", flag, net, share)
  end
  flag(net, 0)
  expect.fails("a user's name has 1 to 64 bytes", net.call, net, "dark mode", "enabled")
  expect.fails("a user's name has 1 to 64 bytes", enabled, net, ("x"):rep(65))
  expect.fails("a user's name has 1 to 64 bytes", net.call, net, "dark mode", "allow", "")
  expect.fails("over how many seconds", net.call, net, "dark mode", "roll_out", 50, "long")
end)

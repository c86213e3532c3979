test("a template is filled in for who reads it", function(net)
  net:put("card", "dynamic_value.lua", { value = "{user} from {ip}: {key}, read no. {reads}" })
  local alice = net:client({ user = "alice", ip = "10.0.0.9" })
  expect.equal(alice:get("card"), "alice from 10.0.0.9: card, read no. 1")
  local bob = net:client({ user = "bob", ip = "10.0.0.7" })
  expect.equal(bob:command("GET", "card"), "bob from 10.0.0.7: card, read no. 2")
end)

test("the time is that of the read, over years and leap days", function(net)
  net:put("clock", "dynamic_value.lua", { value = "{time} {ms}" })
  expect.matches(net:get("clock"), "^2026%-01%-01T00:00:%d%dZ %d+$")
  net:advance("59d")  -- 2026 has no 29 February
  expect.matches(net:get("clock"), "^2026%-03%-01T00:")
  net:advance("306d")
  expect.matches(net:get("clock"), "^2027%-01%-01T00:")
end)

test("29 February is a day of 2028", { limit = "900d" }, function(net)
  net:put("clock", "dynamic_value.lua", { value = "{time}" })
  net:advance("789d")
  expect.matches(net:get("clock"), "^2028%-02%-29T00:")
  net:advance("1d")
  expect.matches(net:get("clock"), "^2028%-03%-01T00:")
end)

test("chance stays within its bounds", function(net)
  net:put("die", "dynamic_value.lua", { value = "{random 6}" })
  local seen = {}
  for _ = 1, 60 do
    local eyes = tonumber(net:get("die"))
    expect.between(eyes, 1, 6)
    seen[eyes] = true
  end
  expect.truthy(next(seen, (next(seen))), "not always the same")
end)

test("what is no known word stays as it is", function(net)
  net:put("card", "dynamic_value.lua", { value = "{name} {random 0} {user 3} {} {TIME} %1 {key}" })
  expect.equal(net:get("card"), "{name} {random 0} {user 3} {} {TIME} %1 card")
end)

test("a write takes another template, and what is no template is refused", function(net)
  net:put("card", "dynamic_value.lua", { value = "{key}" })
  net:set("card", "Hello {user}")
  expect.equal(net:client({ user = "eve" }):get("card"), "Hello eve")
  expect.equal(net:call("card", "template"), "Hello {user}")
  expect.fails("at most 8192 bytes", net.set, net, "card", ("x"):rep(8193))
  expect.fails("the template is a VALUE", net.put, net, "other", "dynamic_value.lua")
  expect.equal(net:call("card", "template"), "Hello {user}")
end)

test("the largest template with the most words stays within the limits", function(net)
  net:put("page", "dynamic_value.lua", { value = ("{ms} "):rep(1638) })
  expect.equal(#net:get("page"), 1638 * 14)
  expect.between(net:inspect("page").fuel, 1, 100000)
end)

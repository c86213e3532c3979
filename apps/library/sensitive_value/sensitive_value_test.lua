local function locked(net, password)
  net:put("pin", "sensitive_value.lua", { value = "4711" })
  expect.equal(net:call("pin", "lock", password), true)
end

local function read(client, password)
  return client:get("pin", { payload = password })
end

test("the password opens the value, and nothing else does", function(net)
  locked(net, "sesame")
  expect.equal(read(net, "sesame"), "4711")
  expect.equal(read(net, "Sesame"), nil)
  expect.equal(read(net, ""), nil)
  expect.equal(read(net, ("x"):rep(129)), nil)
  expect.equal(net:get("pin"), nil)
  expect.equal(net:command("GET", "pin"), nil)
  expect.equal(net:command("STRLEN", "pin"), 0)
end)

test("nobody reads a value before it has a password", function(net)
  net:put("pin", "sensitive_value.lua", { value = "4711" })
  expect.equal(net:get("pin"), nil)
  expect.equal(read(net, ""), nil)
  expect.equal(read(net, "sesame"), nil)
end)

test("only who put the value sets its password", function(net)
  net:client({ user = "alice" }):put("pin", "sensitive_value.lua", { value = "4711" })
  local eve = net:client({ user = "eve" })
  expect.equal(eve:call("pin", "lock", "mine"), false)
  expect.equal(read(eve, "mine"), nil)
end)

test("what is stored does not hold the password, and differs for the same one", function(net)
  local hashes = {}
  for i, key in ipairs({ "pin", "other" }) do
    net:put(key, "sensitive_value.lua", { value = "4711" })
    net:call(key, "lock", "sesame")
    local state = net:inspect(key).state
    for _, field in pairs(state) do
      expect.truthy(field ~= "sesame", "a field of the state is not the password")
    end
    hashes[i] = state.hash
  end
  expect.equal(#hashes[1], 64)
  expect.truthy(hashes[1] ~= hashes[2], "the hashes differ")
end)

test("wrong passwords in a row close the value for a time that doubles", function(net)
  locked(net, "sesame")
  for _ = 1, 5 do
    expect.equal(read(net, "guess"), nil)
  end
  expect.equal(read(net, "sesame"), nil, "closed for the right one, too")
  expect.between(net:call("pin", "closed"), 59000, 60000)
  net:advance("1m")
  expect.equal(read(net, "guess"), nil)
  expect.between(net:call("pin", "closed"), 119000, 120000)
  net:advance("2m")
  expect.equal(read(net, "sesame"), "4711")
  expect.equal(net:call("pin", "closed"), 0)
  for _ = 1, 4 do
    read(net, "guess")
  end
  expect.equal(read(net, "sesame"), "4711", "the count began anew")
end)

test("the pause is a day at most", { limit = "400d" }, function(net)
  locked(net, "sesame")
  for _ = 1, 30 do
    read(net, "guess")
    net:advance("1d")
  end
  read(net, "guess")
  expect.between(net:call("pin", "closed"), 86399000, 86400000)
end)

test("wrong passwords are counted over a restart", function(net)
  locked(net, "sesame")
  for _ = 1, 5 do
    read(net, "guess")
  end
  net:node(1):kill()
  net:node(1):start()
  local client = net:client({ node = 1 })
  expect.equal(read(client, "sesame"), nil)
  net:advance("1m")
  expect.equal(read(client, "sesame"), "4711")
end)

test("password and value change for who knows the password", function(net)
  locked(net, "sesame")
  expect.equal(net:call("pin", "lock", "mellon"), false)
  expect.equal(net:call("pin", "lock", "mellon", "wrong"), false)
  expect.equal(net:call("pin", "lock", "mellon", "sesame"), true)
  expect.equal(read(net, "sesame"), nil)
  expect.equal(net:call("pin", "change", "wrong", "0815"), false)
  expect.equal(net:call("pin", "change", "mellon", "0815"), true)
  expect.equal(read(net, "mellon"), "0815")
end)

test("a write without the password is refused", function(net)
  locked(net, "sesame")
  expect.fails("refused", net.set, net, "pin", "0000")
  expect.fails("refused", net.command, net, "APPEND", "pin", "0")
  expect.equal(read(net, "sesame"), "4711")
end)

test("a password that is none is refused and says what one is", function(net)
  net:put("pin", "sensitive_value.lua", { value = "4711" })
  expect.fails("1 to 128 bytes", net.call, net, "pin", "lock")
  expect.fails("1 to 128 bytes", net.call, net, "pin", "lock", "")
  expect.fails("1 to 128 bytes", net.call, net, "pin", "lock", ("x"):rep(129))
end)

test("the longest password and its change stay within the fuel of a turn", function(net)
  local old, new = ("x"):rep(128), ("y"):rep(128)
  locked(net, old)
  expect.equal(net:call("pin", "lock", new, old), true)
  expect.between(net:inspect("pin").fuel, 20000, 100000)
end)

-- What a lock protects: it refuses a token lower than one it has seen.
local guarded = [[
local aso = { newest = 0 }
function aso:write(token, text)
  local n = math.tointeger(token)
  if n < self.newest then error("an older token", 0) end
  self.newest, self.value = n, text
  return true
end
return aso
]]

local function lock(net, ...)
  net:put("door", "lock.lua", { args = { ... } })
end

test("one at a time holds the lock", function(net)
  lock(net)
  local held = net:call("door", "acquire", "anna", 10)
  expect.truthy(held.acquired)
  local refused = net:call("door", "acquire", "bert", 10)
  expect.falsy(refused.acquired)
  expect.equal(refused.holder, "anna")
  expect.between(refused.left_ms, 9000, 10000)
  expect.equal(refused.token, nil)
  expect.equal(net:get("door"), "anna")
  expect.truthy(net:call("door", "release", held.token))
  expect.equal(net:get("door"), nil)
  expect.truthy(net:call("door", "acquire", "bert", 10).acquired)
end)

test("of many who ask at once one gets it", { nodes = 3 }, function(net)
  lock(net)
  local asked = {}
  for i = 1, 30 do
    local client = net:client({ node = (i - 1) % 3 + 1 })
    asked[i] = client:later("call", "door", "acquire", "worker " .. i, 60)
  end
  local got = 0
  for _, answer in ipairs(asked) do
    if answer:result().acquired then
      got = got + 1
    end
  end
  expect.equal(got, 1)
end)

test("who holds it and asks again is refused like anybody", function(net)
  lock(net)
  net:call("door", "acquire", "anna", 10)
  expect.falsy(net:call("door", "acquire", "anna", 10).acquired)
end)

test("a lease ends by itself, and a late release or renewal does nothing", function(net)
  lock(net)
  local old = net:call("door", "acquire", "anna", 5)
  net:advance("6s")
  expect.falsy(net:call("door", "renew", old.token, 5))
  local new = net:call("door", "acquire", "bert", 5)
  expect.truthy(new.acquired)
  expect.truthy(new.token > old.token)
  expect.falsy(net:call("door", "release", old.token), "it is bert's now")
  expect.falsy(net:call("door", "renew", old.token, 5))
  expect.equal(net:get("door"), "bert")
end)

test("a renewal holds the lock for another lease from then on", function(net)
  lock(net)
  local held = net:call("door", "acquire", "anna", 5)
  for _ = 1, 10 do
    net:advance("4s")
    expect.truthy(net:call("door", "renew", held.token, 5))
  end
  expect.falsy(net:call("door", "acquire", "bert", 5).acquired)
  net:advance("6s")
  expect.truthy(net:call("door", "acquire", "bert", 5).acquired)
end)

test("a holder that believes too long writes nothing: the token fences it off", function(net)
  lock(net)
  net:put("book", guarded)
  local slow = net:call("door", "acquire", "slow", 5)
  expect.truthy(net:call("book", "write", slow.token, "by slow"))
  net:advance("1m") -- it pauses, and does not know
  local quick = net:call("door", "acquire", "quick", 5)
  expect.truthy(net:call("book", "write", quick.token, "by quick"))
  expect.fails("an older token", net.call, net, "book", "write", slow.token, "late")
  expect.equal(net:get("book"), "by quick")
end)

test("tokens grow also over a lock that was deleted and put again", function(net)
  lock(net)
  local before = net:call("door", "acquire", "anna", 5)
  net:call("door", "release", before.token)
  expect.equal(net:del("door"), 1)
  net:advance("1s")
  lock(net)
  expect.truthy(net:call("door", "acquire", "bert", 5).token > before.token)
end)

test("a lock that is held is neither deleted nor replaced nor overwritten", function(net)
  lock(net)
  net:call("door", "acquire", "anna", 5)
  expect.equal(net:del("door"), 0)
  expect.fails("refused", lock, net)
  expect.fails("refused", net.set, net, "door", "bert")
  expect.equal(net:get("door"), "anna")
end)

test("another user cannot release or renew what it did not acquire", function(net)
  lock(net)
  local anna = net:client({ user = "anna" })
  local held = anna:call("door", "acquire", "anna", 60)
  local bert = net:client({ user = "bert" })
  expect.falsy(bert:call("door", "release", held.token))
  expect.falsy(bert:call("door", "renew", held.token, 60))
  expect.truthy(anna:call("door", "release", held.token))
end)

test("who waits hears of a release and of a lease that ended", function(net)
  lock(net)
  local waiting = net:client({ user = "bert" })
  waiting:subscribe("lock:door")
  local held = net:call("door", "acquire", "anna", 60)
  net:call("door", "release", held.token)
  net:advance("1s")
  expect.equal(#waiting:messages(), 1)
  net:call("door", "acquire", "anna", 60)
  net:advance("59s")
  expect.equal(#waiting:messages(), 0)
  net:advance("2s")
  local heard = waiting:messages()
  expect.equal(#heard, 1)
  expect.equal(heard[1].message, "free")
end)

test("a lock is held while the node it is on dies", { nodes = 3 }, function(net)
  lock(net)
  local held = net:call("door", "acquire", "anna", 300)
  local leader = net:inspect("door").leader
  net:node(leader):kill()
  net:advance("30s")
  local other = net:client({ node = leader % 3 + 1 })
  expect.falsy(other:call("door", "acquire", "bert", 10).acquired)
  expect.truthy(other:call("door", "release", held.token))
  expect.truthy(other:call("door", "acquire", "bert", 10).token > held.token)
end)

test("what cannot be meant is told", function(net)
  expect.fails("ARG 1 is the longest lease", lock, net, "forever")
  expect.fails("ARG 1 is the longest lease", lock, net, 0)
  lock(net, 60)
  expect.fails("who asks", net.call, net, "door", "acquire")
  expect.fails("who asks", net.call, net, "door", "acquire", ("x"):rep(129), 5)
  for _, lease in ipairs({ "0", "61", "-1", "long" }) do
    expect.fails("0.1 to 60", net.call, net, "door", "acquire", "anna", lease)
  end
  expect.falsy(net:call("door", "release"))
  expect.falsy(net:call("door", "release", "0"))
end)

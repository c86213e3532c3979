local function counter(net, ...)
  net:put("clicks", "write_behind_counter.lua", { value = "0", args = { ... } })
end

local function add(net, n)
  return net:call("clicks", "add", n)
end

test("additions count at once and are written together", function(net)
  counter(net, 1)
  for n = 1, 100 do
    expect.equal(add(net, 1), n)
  end
  expect.equal(net:get("clicks"), 100)
  local state = net:inspect("clicks").state
  expect.truthy(state.value < 100, "not written yet")
  net:advance("2s")
  expect.equal(net:inspect("clicks").state.value, 100)
  expect.equal(net:call("clicks", "unwritten"), 0)
  expect.equal(net:get("clicks"), 100)
end)

test("numbers of any size and sign count", function(net)
  counter(net, 60)
  expect.equal(net:call("clicks", "add"), 1)
  expect.equal(add(net, 41), 42)
  expect.equal(add(net, -50), -8)
  expect.equal(net:call("clicks", "unwritten"), -8)
  net:advance("2m")
  expect.equal(net:get("clicks"), -8)
end)

test("what is no number answers false and costs nothing that waits", function(net)
  counter(net, 60)
  add(net, 5)
  for _, text in ipairs({ "many", "1.5", "", "1e16" }) do
    expect.equal(add(net, text), false)
  end
  expect.equal(net:get("clicks"), 5)
end)

test("a node that dies loses what waited, and nothing that is older than ARG 1", function(net)
  counter(net, 10)
  for _ = 1, 60 do
    add(net, 1)
    net:advance("1s")
  end
  local last = net:get("clicks")
  expect.equal(last, 60)
  net:node(1):kill()
  net:node(1):start()
  local kept = net:client({ node = 1 }):get("clicks")
  expect.between(kept, 49, 60)
end)

test("what was flushed is not lost", function(net)
  counter(net, 3600)
  add(net, 7)
  expect.equal(net:call("clicks", "flush"), 7)
  add(net, 1)
  net:node(1):kill()
  net:node(1):start()
  expect.equal(net:client({ node = 1 }):get("clicks"), 7)
end)

test("counting goes on after a failure, on another node", { nodes = 3 }, function(net)
  counter(net, 1)
  add(net, 5)
  net:advance("3s")
  local leader = net:inspect("clicks").leader
  net:node(leader):kill()
  net:advance("30s")
  local other = net:client({ node = leader % 3 + 1 })
  expect.equal(other:call("clicks", "add", 2), 7)
  net:advance("3s")
  expect.equal(net:inspect("clicks").state.value, 7)
end)

test("SET begins anew, INCR counts and writes, and what is no number is refused", function(net)
  counter(net, 60)
  add(net, 5)
  net:set("clicks", "100")
  expect.equal(add(net, 1), 101)
  expect.equal(net:command("INCR", "clicks"), 102)
  expect.equal(net:inspect("clicks").state.value, 102)
  expect.fails("refused", net.set, net, "clicks", "many")
  expect.equal(add(net, 1), 103)
  net:advance("2m")
  expect.equal(net:get("clicks"), 103)
end)

test("arguments that make no counter are told", function(net)
  expect.fails("ARG 1 is how many seconds counts may wait", counter, net, 0)
  expect.fails("ARG 1 is how many seconds counts may wait", counter, net, "soon")
  expect.fails("VALUE is where the count begins", net.put, net, "clicks",
    "write_behind_counter.lua", { value = "x" })
end)

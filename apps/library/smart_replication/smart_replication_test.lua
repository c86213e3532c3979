local function numbers_of(net, ids)
  local found = {}
  for _, node in ipairs(net:nodes()) do
    for _, id in ipairs(ids) do
      if node.id == id then
        found[#found + 1] = node.number
      end
    end
  end
  return found
end

local function replicas_of(net, key)
  local numbers = net:inspect(key).replicas
  table.sort(numbers)
  return numbers
end

local function has(list, wanted)
  for _, one in ipairs(list) do
    if one == wanted then
      return true
    end
  end
  return false
end

test("the copies are where the object chose them", { nodes = 6 }, function(net)
  net:put("share", "smart_replication.lua", { value = "01ab", args = { 4 } })
  net:advance("1m")
  net:settle()
  local chosen = numbers_of(net, net:call("share", "nodes"))
  expect.equal(#chosen, 4)
  expect.equal(replicas_of(net, "share"), chosen)
end)

test("nodes that come get no copy, however near they are", { nodes = 4 }, function(net)
  net:put("share", "smart_replication.lua", { value = "01ab", args = { 3, 2, 60 } })
  net:advance("1m")
  net:settle()
  local before = replicas_of(net, "share")
  net:add(8)
  net:advance("10m")
  net:settle()
  expect.equal(replicas_of(net, "share"), before)
  expect.equal(net:call("share", "times"), 1)
  expect.equal(net:get("share"), "01ab")
end)

test("below the threshold the nodes seen longest are chosen", { nodes = 6 }, function(net)
  net:put("share", "smart_replication.lua", { value = "01ab", args = { 3, 2, 60 } })
  net:advance("5m")
  net:add(6)
  net:advance("5m")
  local chosen = numbers_of(net, net:call("share", "nodes"))
  local asker
  for number = 1, 6 do
    asker = asker or not has(chosen, number) and net:client({ node = number })
  end
  net:node(chosen[1]):kill()
  net:advance("5m")
  expect.equal(asker:call("share", "times"), 1, "two of three suffice")
  net:node(chosen[2]):kill()
  net:advance("5m")
  expect.equal(asker:call("share", "times"), 2)
  local anew = numbers_of(net, asker:call("share", "nodes"))
  expect.equal(#anew, 3)
  for _, number in ipairs(anew) do
    expect.truthy(number <= 6, "node " .. number .. " was there from the start")
    expect.truthy(number ~= chosen[1] and number ~= chosen[2], "node " .. number .. " is up")
  end
  expect.equal(asker:get("share"), "01ab")
end)

test("where there are fewer nodes than copies wanted all of them are chosen", { nodes = 2 },
  function(net)
    net:put("share", "smart_replication.lua", { value = "01ab", args = { 5, 1 } })
    expect.equal(#net:call("share", "nodes"), 2)
  end)

test("what the node does not allow, and what is no number, is not stored", { nodes = 3 },
  function(net)
    local wrong = {
      { { "0" }, "ARG 1" }, { { "many" }, "ARG 1" }, { { 3, "0" }, "ARG 2" }, { { 3, 4 }, "ARG 2" },
      { { 3, 2, "0" }, "ARG 3" },
    }
    for _, one in ipairs(wrong) do
      expect.fails(one[2], net.put, net, "share", "smart_replication.lua",
        { value = "x", args = one[1] })
    end
    expect.equal(net:inspect("share"), nil)
  end)

local function room(net, ...)
  net:put("room", "presence.lua", { args = { ... } })
end

local function beat(net, name)
  return net:call("room", "beat", name)
end

test("who beats is here, who stops is gone", function(net)
  room(net, 30)
  expect.truthy(beat(net, "bert"))
  expect.truthy(beat(net, "anna"))
  expect.falsy(beat(net, "anna"), "she was here before")
  expect.equal(net:call("room", "here"), { "anna", "bert" })
  net:advance("20s")
  beat(net, "anna")
  net:advance("15s")
  expect.equal(net:call("room", "here"), { "anna" })
  expect.equal(net:get("room"), 1)
  expect.truthy(net:call("room", "is_here", "anna"))
  expect.falsy(net:call("room", "is_here", "bert"))
end)

test("who leaves is gone at once", function(net)
  room(net)
  beat(net, "anna")
  expect.truthy(net:call("room", "leave", "anna"))
  expect.falsy(net:call("room", "leave", "anna"))
  expect.equal(net:get("room"), 0)
end)

test("who listens hears who came and went, all of a moment in one message", function(net)
  room(net, 30)
  local listener = net:client()
  listener:subscribe("presence:room")
  beat(net, "bert")
  beat(net, "anna")
  beat(net, "carl")
  net:call("room", "leave", "carl")
  net:advance("1s")
  local heard = listener:messages()
  expect.equal(#heard, 1)
  expect.equal(heard[1].message, "joined anna\njoined bert\nleft carl")
  for _ = 1, 10 do
    net:advance("10s")
    beat(net, "anna")
  end
  heard = listener:messages()
  expect.equal(#heard, 1, "beats of who is here say nothing")
  expect.equal(heard[1].message, "left bert")
  net:advance("33s")
  expect.equal(listener:messages()[1].message, "left anna")
  net:advance("1h")
  expect.equal(listener:messages(), {}, "an empty room is silent")
end)

test("an empty room needs no timer", function(net)
  room(net, 30)
  beat(net, "anna")
  net:advance("2m")
  expect.equal(net:inspect("room").timers, {})
  beat(net, "anna")
  net:advance("2m")
  expect.equal(net:get("room"), 0)
end)

test("a full room says so, until somebody goes", function(net)
  room(net, 3600)
  for n = 1, 128 do
    beat(net, "member " .. n)
    if n % 64 == 0 then
      net:advance("1s")
    end
  end
  expect.fails("the room is full: 128 members", beat, net, "one more")
  expect.falsy(beat(net, "member 7"), "who is in stays in")
  net:call("room", "leave", "member 7")
  expect.truthy(beat(net, "one more"))
end)

test("a full room makes place of those who are gone", function(net)
  room(net, 30)
  for n = 1, 128 do
    beat(net, "member " .. n)
  end
  net:advance("40s")
  expect.truthy(beat(net, "one more"))
  expect.equal(net:call("room", "here"), { "one more" })
end)

-- All at once: what is asked before the half second of the news is over.
local function at_once(net, requests)
  local answers, refused = {}, {}
  for i, request in ipairs(requests) do
    answers[i] = net:later("call", "room", request[1], request[2])
  end
  for i, answer in ipairs(answers) do
    local ok, message = pcall(answer.result, answer)
    if not ok then
      refused[#refused + 1] = { requests[i][2], message }
    end
  end
  return refused
end

test("comings and goings faster than they can be told are refused", function(net)
  room(net)
  local requests = {}
  for n = 1, 150 do
    requests[#requests + 1] = { "beat", "visitor " .. n }
    requests[#requests + 1] = { "leave", "visitor " .. n }
  end
  local refused = at_once(net, requests)
  expect.equal(#refused, 22)
  expect.equal(refused[1][1], "visitor 129")
  expect.matches(refused[1][2], "too many come and go at once; try again in a second")
  net:advance("1s")
  expect.truthy(beat(net, "visitor 129"))
end)

test("a room that is as full as can be works within its limits", function(net)
  room(net, 60)
  local function name(n)
    return ("%032d"):format(n)
  end
  for n = 1, 128 do
    beat(net, name(n))
    if n % 64 == 0 then
      net:advance("1s")
    end
  end
  local requests = {}
  for n = 1, 60 do
    requests[#requests + 1] = { "leave", name(n) }
    requests[#requests + 1] = { "beat", name(n + 128) }
  end
  for n = 61, 188 do
    requests[#requests + 1] = { "leave", name(n) }
  end
  expect.equal(at_once(net, requests), {})
  net:advance("2m")
  local found = net:inspect("room")
  expect.truthy(found.fuel_max < 50000, "fuel " .. found.fuel_max)
  expect.equal(found.errors, 0)
  expect.equal(net:get("room"), 0)
end)

test("who is here is known when the node of the room dies", { nodes = 3 }, function(net)
  room(net, 300)
  beat(net, "anna")
  local leader = net:inspect("room").leader
  net:node(leader):kill()
  net:advance("30s")
  local other = net:client({ node = leader % 3 + 1 })
  expect.equal(other:call("room", "here"), { "anna" })
  net:advance("6m")
  expect.equal(other:call("room", "here"), {})
end)

test("what cannot be meant is told, and writes are refused", function(net)
  expect.fails("ARG 1 is the time without a beat", room, net, 0)
  room(net)
  expect.fails("a name of 1 to 32 bytes", beat, net, "")
  expect.fails("a name of 1 to 32 bytes", beat, net, ("x"):rep(33))
  expect.fails("without control characters", beat, net, "anna\nleft bert")
  expect.falsy(net:call("room", "is_here"))
  expect.fails("refused", net.set, net, "room", "x")
end)

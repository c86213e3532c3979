local function board(net, kind)
  net:put("board", "leaderboard.lua", { args = { kind } })
end

local function submit(net, name, score)
  return net:call("board", "submit", name, score)
end

local function names(rows)
  local found = {}
  for place, row in ipairs(rows) do
    found[place] = row.name
  end
  return found
end

test("players stand in the order of their scores", function(net)
  board(net)
  expect.equal(submit(net, "anna", 10), 1)
  expect.equal(submit(net, "bert", 30), 1)
  expect.equal(submit(net, "carl", 20), 2)
  expect.equal(net:call("board", "top"), {
    { place = 1, name = "bert", score = 30 }, { place = 2, name = "carl", score = 20 },
    { place = 3, name = "anna", score = 10 } })
  expect.equal(names(net:call("board", "top", 2)), { "bert", "carl" })
  expect.equal(net:call("board", "rank", "anna"), 3)
  expect.equal(net:call("board", "rank", "nobody"), nil)
  expect.equal(net:get("board"), "bert")
end)

test("among equal scores the one that was there first is before", function(net)
  board(net)
  for _, name in ipairs({ "anna", "bert", "carl" }) do
    submit(net, name, 5)
  end
  submit(net, "anna", 5) -- nothing new, so she keeps her place
  expect.equal(names(net:call("board", "top")), { "anna", "bert", "carl" })
  net:call("board", "remove", "anna")
  expect.equal(submit(net, "anna", 5), 3)
end)

test("best, last and sum count what their names say", function(net)
  for kind, expected in pairs({ best = 7, last = 2, sum = 12 }) do
    net:put(kind, "leaderboard.lua", { args = { kind } })
    for _, score in ipairs({ 3, 7, 2 }) do
      net:call(kind, "submit", "anna", score)
    end
    expect.equal(net:call(kind, "top")[1].score, expected, kind)
  end
end)

test("the board is the sorted list of scores, whatever comes", function(net)
  board(net, "last")
  local scores, since, clock = {}, {}, 0
  for _ = 1, 300 do
    local name, score = "player " .. net:random(40), net:random(15) - 8
    if scores[name] ~= score then
      clock = clock + 1
      scores[name], since[name] = score, clock
    end
    local place = submit(net, name, score)
    local order = {}
    for each in pairs(scores) do
      order[#order + 1] = each
    end
    table.sort(order, function(a, b)
      if scores[a] ~= scores[b] then return scores[a] > scores[b] end
      return since[a] < since[b]
    end)
    expect.equal(order[place], name)
    expect.equal(names(net:call("board", "top", 40)), order)
  end
end)

test("the neighbours of a player are those around", function(net)
  board(net)
  for n = 1, 9 do
    submit(net, "p" .. n, -n)
  end
  expect.equal(names(net:call("board", "around", "p5")), { "p3", "p4", "p5", "p6", "p7" })
  expect.equal(names(net:call("board", "around", "p1", 1)), { "p1", "p2" })
  expect.equal(names(net:call("board", "around", "p9", 1)), { "p8", "p9" })
  expect.equal(net:call("board", "around", "nobody"), nil)
end)

test("a full board drops its last, lets nobody lower in, and stays within its limits", function(net)
  board(net)
  for n = 1, 250 do
    submit(net, ("%032d"):format(n), n)
  end
  expect.equal(submit(net, "too low", 0), nil)
  expect.equal(submit(net, "as low as the last", 1), nil)
  expect.equal(submit(net, "in the middle", 125.5), 126)
  expect.equal(net:call("board", "rank", ("%032d"):format(1)), nil)
  expect.equal(net:call("board", "rank", ("%032d"):format(2)), 250)
  expect.equal(#net:call("board", "top", 100), 100)
  for n = 1, 250 do
    submit(net, ("%032d"):format(n), 1000 - n)
  end
  local found = net:inspect("board")
  expect.truthy(found.fuel_max < 20000, "fuel " .. found.fuel_max)
  expect.equal(found.errors, 0)
end)

test("the board survives the node it is on", { nodes = 3 }, function(net)
  board(net)
  submit(net, "anna", 10)
  local leader = net:inspect("board").leader
  net:node(leader):kill()
  net:advance("30s")
  local other = net:client({ node = leader % 3 + 1 })
  expect.equal(other:call("board", "submit", "bert", 5), 2)
end)

test("what cannot be meant is told, and writes are refused", function(net)
  expect.fails("ARG 1 is what counts: best, last or sum", board, net, "worst")
  board(net)
  expect.fails("a name of 1 to 32 bytes", submit, net, "", 1)
  expect.fails("a name of 1 to 32 bytes", submit, net, ("x"):rep(33), 1)
  expect.fails("a score is a number", net.call, net, "board", "submit", "anna")
  for _, score in ipairs({ "many", "nan", "inf", "1e16" }) do
    expect.fails("a score is a number", submit, net, "anna", score)
  end
  expect.fails("how many: 1 to 100", net.call, net, "board", "top", 101)
  expect.fails("how many: 1 to 100", net.call, net, "board", "top", 0)
  expect.falsy(net:call("board", "remove", "nobody"))
  expect.fails("refused", net.set, net, "board", "me")
  expect.equal(net:get("board"), nil)
end)

-- A day of a task queue: three workers, five nodes, of which one dies every hour and comes back.
-- Each task is done at least once, and no two workers have one at the same time.

local hour_ms, tasks_an_hour, visible_ms = 3600000, 15, 300000

-- Asks until a node answers; the next one when one is down or does not know. The answer, or nil
-- when it is not known what became of the request.
local function ask(net, asker, ...)
  for _ = 1, 10 do
    if not net:node(asker.node):is_up() then
      asker.node = asker.node % 5 + 1
      asker.client = nil
    else
      asker.client = asker.client or net:client({ node = asker.node })
      local ok, answer = pcall(asker.client.call, asker.client, "jobs", ...)
      if ok then
        return true, answer
      end
      asker.errors[#asker.errors + 1] = answer
      asker.node = asker.node % 5 + 1
      asker.client = nil
    end
  end
  return false
end

local function new_asker(node)
  return { node = node, errors = {} }
end

local function produce(net, day, producer)
  if day.pushed < day.due then
    local n = day.pushed + 1
    if ask(net, producer, "push", "task " .. n, 0, "t" .. n) then
      day.pushed = n
    end
  end
end

-- A worker claims, works for a minute or two, and now and then dies with its task.
local function work(net, day, worker)
  if net:now() < worker.busy_until then
    return
  end
  if worker.claim then
    local held = worker.claim
    worker.claim = nil
    if net:random(20) == 1 then
      return
    end
    day.done[held.id] = (day.done[held.id] or 0) + 1
    day.holders[held.id] = nil
    ask(net, worker, "done", held.receipt)
    return
  end
  local ok, held = ask(net, worker, "claim", worker.name)
  if not ok or not held then
    return
  end
  local holder = day.holders[held.id]
  expect.truthy(not holder or holder.until_ms <= held.until_ms - visible_ms,
    held.id .. " went to " .. worker.name .. " while another had it")
  day.holders[held.id] = { name = worker.name, until_ms = held.until_ms }
  worker.claim, worker.busy_until = held, net:now() + 30000 + net:random(60000)
end

local function step(net, day)
  produce(net, day, day.producer)
  for _, worker in ipairs(day.workers) do
    work(net, day, worker)
  end
end

test("a day of a task queue on nodes that die", { nodes = 5, limit = "3d" }, function(net)
  net:put("jobs", "task_queue.lua", { args = { visible_ms // 1000, 50 } })
  local day = { pushed = 0, due = 0, done = {}, holders = {}, workers = {} }
  day.producer = new_asker(5)
  for i, name in ipairs({ "anna", "bert", "carl" }) do
    local worker = new_asker(i)
    worker.name, worker.busy_until = name, 0
    day.workers[i] = worker
  end
  local begin, deaths = net:now(), 0
  for hour = 1, 24 do
    local victim = net:random(5)
    local dies_at = begin + (hour - 1) * hour_ms + net:random(30) * 60000
    local returns_at = dies_at + (2 + net:random(20)) * 60000
    while net:now() < begin + hour * hour_ms do
      if net:now() >= dies_at and net:now() < returns_at and net:node(victim):is_up() then
        net:node(victim):kill()
        deaths = deaths + 1
      elseif net:now() >= returns_at and not net:node(victim):is_up() then
        net:node(victim):start()
      end
      local gone = net:now() - begin
      day.due = gone * tasks_an_hour // hour_ms
      step(net, day)
      net:advance("2m")
    end
  end
  -- The last tasks: those that a worker took along are due again when their claim is over.
  day.due = 24 * tasks_an_hour
  for _ = 1, 60 do
    step(net, day)
    net:advance("2m")
  end
  expect.equal(deaths, 24)
  expect.equal(day.pushed, 24 * tasks_an_hour)
  for n = 1, day.pushed do
    expect.truthy(day.done["t" .. n], "task " .. n .. " was never done")
  end
  local stats = net:call("jobs", "stats")
  expect.equal({ stats.waiting + stats.delayed + stats.claimed, stats.dead }, { 0, 0 })
end)

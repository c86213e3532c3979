-- Task queue: each task is done at least once, and one worker at a time has it.
--
-- ARG 1 how many seconds a claim lasts (30), ARG 2 how often a task is tried (5), ARG 3 the pause
-- in seconds after the first failure (1); each further one doubles it, up to an hour. A worker that
-- dies loses its claim when that time is over, and another gets the task. A task that was tried
-- too often becomes a dead letter and stays until somebody buries or revives it.
-- The queue holds 100 tasks, dead letters included, with 12 kB of payloads; full, it says so.

local visible_after, attempts, pause = ...
local tasks_max, bytes_max, payload_max, name_max = 100, 12288, 4096, 40
local pause_max = 3600

-- A task is a list, which takes less memory than a record; these are its places.
local payload_of, due_of, tried_of, serial_of, worker_of, reason_of = 1, 2, 3, 4, 5, 6

local aso = { tasks = {}, dead = {}, count = 0, bytes = 0, serial = 0, finished = 0 }

local function number_from(text, fallback, low, high, what)
  local n = tonumber(text or fallback)
  if not (n and n >= low and n <= high) then
    error(what .. ": " .. low .. " to " .. high, 0)
  end
  return n
end

function aso:onPut()
  self.visible = number_from(visible_after, 30, 1, 43200, "ARG 1 is the seconds of a claim")
  self.attempts = number_from(attempts, 5, 1, 100, "ARG 2 is how often a task is tried")
  self.pause = number_from(pause, 1, 0, 3600, "ARG 3 is the first pause in seconds")
  return self
end

local function forget(self, place, id)
  self.count = self.count - 1
  self.bytes = self.bytes - #place[id][payload_of]
  place[id] = nil
end

local function bury(self, id, reason)
  local task = self.tasks[id]
  self.dead[id] = task
  self.tasks[id] = nil
  task[worker_of], task[reason_of] = "", reason:sub(1, name_max)
end

-- A receipt is "<id>#<try>": the claim it was given for, and no other.
local function claimed(self, receipt)
  local id, try = (receipt or ""):match("^(.*)#(%d+)$")
  local task = self.tasks[id]
  if task and task[tried_of] == math.tointeger(try) and task[worker_of] ~= "" then
    return id, task
  end
end

-- Methods for who has work: adds a task, to be claimed at once or after a delay in seconds. With an
-- id of its own a push may be repeated: it adds nothing while the queue has that id.
function aso:push(payload, delay, id)
  if not payload or #payload > payload_max then
    error("a payload of up to " .. payload_max .. " bytes", 0)
  end
  local wait = number_from(delay, 0, 0, 31536000, "the delay in seconds")
  if id and (id == "" or #id > name_max) then
    error("an id has 1 to " .. name_max .. " bytes", 0)
  end
  if id and (self.tasks[id] or self.dead[id]) then
    return id
  end
  if self.count >= tasks_max or self.bytes + #payload > bytes_max then
    error("the queue is full: " .. self.count .. " tasks, dead letters included, with "
      .. self.bytes .. " bytes", 0)
  end
  self.serial = self.serial + 1
  while not id do
    local fresh = tostring(self.serial)
    if self.tasks[fresh] or self.dead[fresh] then
      self.serial = self.serial + 1
    else
      id = fresh
    end
  end
  local due = dht.getSystemTime() + math.floor(wait * 1000)
  self.tasks[id] = { payload, due, 0, self.serial, "", "" }
  self.count, self.bytes = self.count + 1, self.bytes + #payload
  return id
end

-- Methods for workers: the task that is due longest, or nil.
function aso:claim(worker)
  if not worker or worker == "" or #worker > name_max then
    error("the worker's name, of 1 to " .. name_max .. " bytes", 0)
  end
  local now = dht.getSystemTime()
  local id, task, spent
  for each, found in pairs(self.tasks) do
    local due = found[due_of]
    if due <= now then
      if found[tried_of] >= self.attempts then
        spent = spent or {}
        spent[#spent + 1] = each
      elseif not task or due < task[due_of]
        or due == task[due_of] and found[serial_of] < task[serial_of] then
        id, task = each, found
      end
    end
  end
  for _, each in ipairs(spent or {}) do
    bury(self, each, "no answer from " .. self.tasks[each][worker_of])
  end
  if not task then
    return nil
  end
  task[tried_of] = task[tried_of] + 1
  task[worker_of], task[reason_of] = worker, ""
  task[due_of] = now + math.floor(self.visible * 1000)
  return { id = id, payload = task[payload_of], try = task[tried_of], until_ms = task[due_of],
           receipt = id .. "#" .. task[tried_of] }
end

-- The three answer whether the claim held: false when the task is done or went to another.
function aso:done(receipt)
  local id = claimed(self, receipt)
  if not id then
    return false
  end
  forget(self, self.tasks, id)
  self.finished = self.finished + 1
  return true
end

function aso:fail(receipt, reason)
  local id, task = claimed(self, receipt)
  if not id then
    return false
  end
  if task[tried_of] >= self.attempts then
    bury(self, id, reason or "")
    return true
  end
  local wait = math.min(self.pause * 2 ^ (task[tried_of] - 1), pause_max)
  task[worker_of], task[reason_of] = "", (reason or ""):sub(1, name_max)
  task[due_of] = dht.getSystemTime() + math.floor(wait * 1000)
  return true
end

function aso:extend(receipt)
  local id, task = claimed(self, receipt)
  if not id or task[due_of] <= dht.getSystemTime() then
    return false
  end
  task[due_of] = dht.getSystemTime() + math.floor(self.visible * 1000)
  return true
end

-- Methods for who looks after it: the oldest 20 dead letters, and what becomes of one.
function aso:dead_letters()
  local ids, found = {}, {}
  for id in pairs(self.dead) do
    ids[#ids + 1] = id
  end
  local dead = self.dead
  table.sort(ids, function(a, b) return dead[a][serial_of] < dead[b][serial_of] end)
  for place = 1, math.min(#ids, 20) do
    local task = dead[ids[place]]
    found[place] = { id = ids[place], payload = task[payload_of], reason = task[reason_of] }
  end
  return found
end

function aso:bury(id)
  if not self.dead[id] then
    return false
  end
  forget(self, self.dead, id)
  return true
end

function aso:revive(id)
  local task = self.dead[id]
  if not task then
    return false
  end
  self.dead[id] = nil
  task[due_of], task[tried_of] = dht.getSystemTime(), 0
  self.tasks[id] = task
  return true
end

function aso:stats()
  local now = dht.getSystemTime()
  local found = { waiting = 0, delayed = 0, claimed = 0, dead = 0, finished = self.finished,
                  bytes = self.bytes }
  for _, task in pairs(self.tasks) do
    local kind = task[due_of] <= now and "waiting"
      or task[worker_of] ~= "" and "claimed" or "delayed"
    found[kind] = found[kind] + 1
  end
  for _ in pairs(self.dead) do
    found.dead = found.dead + 1
  end
  return found
end

-- A read: how many tasks there are, dead letters not counted. Writes are refused.
function aso:onGet()
  local found = self:stats()
  return found.waiting + found.delayed + found.claimed
end

function aso:onUpdate()
  return self
end

return aso

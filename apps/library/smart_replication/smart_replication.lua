-- Smart replication: a value that chooses the nodes of its copies, and moves them seldom.
--
-- Who wants to harvest values starts many nodes near to their keys and waits for copies. This
-- object names its nodes itself: those seen longest, which are also those that stay longest. Every
-- ARG 3 seconds (600 without it) it looks who is there; as long as ARG 2 (2 without it) of the
-- nodes that it chose are, nothing moves, whoever has come. Below that it chooses ARG 1 (3 without
-- it) again.

local copies, threshold, interval = ...

local known_max = 40
local forget_ms = 86400000

local aso = { known = {}, chosen = {}, choices = 0 }

local function whole(text, name, least)
  local number = math.tointeger(tonumber(text))
  if not number or number < least then
    error(name .. ": a whole number from " .. least .. " on", 0)
  end
  return number
end

-- Notes the nodes near the key as seen now, and forgets those not seen for a day.
local function look(self, now)
  local nodes, message = dht.lookup(dht.getKey())
  if not nodes then
    return nil, message
  end
  local kept = {}
  for _, node in ipairs(self.known) do
    if now - node.last < forget_ms then
      kept[#kept + 1] = node
      kept[node.id] = node
    end
  end
  for _, node in ipairs(nodes) do
    local seen = kept[node.id]
    if seen then
      seen.last = now
    elseif #kept < known_max then
      kept[#kept + 1] = { id = node.id, first = now, last = now }
    end
  end
  self.known = table.move(kept, 1, #kept, 1, {})
  return nodes
end

-- Asks for copies on the nodes that are there and were seen first, of equals on the nearest.
local function choose(self, now)
  local there = {}
  for place, node in ipairs(self.known) do
    if node.last == now then
      there[#there + 1] = { id = node.id, first = node.first, place = place }
    end
  end
  table.sort(there, function(a, b)
    if a.first ~= b.first then
      return a.first < b.first
    end
    return a.place < b.place
  end)
  local chosen = {}
  for i = 1, math.min(self.copies, #there) do
    chosen[i] = there[i].id
  end
  dht.replicas({ nodes = chosen })
  self.chosen = chosen
  self.choices = self.choices + 1
end

local function is_there(nodes, id)
  for _, node in ipairs(nodes) do
    if node.id == id then
      return true
    end
  end
  return false
end

local function review(self)
  local now = dht.getSystemTime()
  local nodes, message = look(self, now)
  if not nodes then
    comet.log("nobody was found:", message)
    return
  end
  local alive = 0
  for _, id in ipairs(self.chosen) do
    alive = alive + (is_there(nodes, id) and 1 or 0)
  end
  if alive < self.threshold then
    choose(self, now)
  end
end

function aso:onPut()
  self.copies = whole(copies or 3, "ARG 1, the number of copies", 1)
  self.threshold = whole(threshold or 2, "ARG 2, how few of the chosen nodes suffice", 1)
  if self.threshold > self.copies then
    error("ARG 2, how few of the chosen nodes suffice, is at most the number of copies", 0)
  end
  local pause = whole(interval or 600, "ARG 3, the time between two looks in seconds", 1)
  dht.setTimer("review", { every = pause, missed = "once" })
  review(self)
  return self
end

function aso:onTimer()
  review(self)
end

-- Methods: the ids of the nodes that were chosen; how often that was.
function aso:nodes()
  return self.chosen
end

function aso:times()
  return self.choices
end

return aso

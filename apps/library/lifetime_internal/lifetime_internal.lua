-- Lifetime, internal: how long the nodes near this object's key stay, recorded by the object.
--
-- Every ARG 1 seconds (600 without it) it looks up its own key. A node that is new was started
-- between the last look and this one, one that is missing went likewise: the middle counts.
-- `median` is the Kaplan-Meier estimate over the 200 sessions that began last, or as many:
--  * who is still there, or was pushed out of sight by nearer nodes, has stayed at least so long;
--  * who was there at the first look, or came into sight because others went, began nobody knows
--    when, and is not counted;
--  * after looks that failed nobody knows when a node came or went: it is counted up to its last
--    sight, and not from its first;
--  * of sessions that began before the oldest that is kept none counts, lasting or not: those that
--    last are the long ones, and would make the others look shorter than they are.

local interval = ...

local sight = 20  -- nodes that a lookup finds at most
local kept = 200

-- `began` and `length` of the sessions that are over; the length (ms) of one that is known to have
-- lasted at least so long is negative. What began up to `horizon` does not count.
local aso = { began = {}, length = {}, horizon = 0, there = {}, looks = 0 }

function aso:onPut()
  self.pause = tonumber(interval or 600)
  if not self.pause or self.pause < 1 then
    error("ARG 1 is the time between two looks in seconds: from 1 on", 0)
  end
  self.target = comet.sha256(dht.getKey())
  dht.setTimer("look", { every = self.pause, missed = "skip" })
  return self
end

-- Is node a nearer to the key than b? By the first digit in which the two ids differ.
local function is_nearer(target, a, b)
  for i = 1, #target do
    local of_a, of_b = a:byte(i), b:byte(i)
    if of_a ~= of_b then
      local digit = tonumber(target:sub(i, i), 16)
      return tonumber(a:sub(i, i), 16) ~ digit < tonumber(b:sub(i, i), 16) ~ digit
    end
  end
  return false
end

-- Keeps a session that is over. When there are too many the horizon moves beyond the oldest.
local function record(self, session, ended, whole)
  if not session.began or session.began <= self.horizon then
    return
  end
  local place = #self.began + 1
  if place > kept then
    place = 1
    for i = 2, kept do
      place = self.began[i] < self.began[place] and i or place
    end
    self.horizon = math.min(self.began[place], session.began)
    if session.began == self.horizon then
      return
    end
  end
  local length = ended - session.began
  self.began[place], self.length[place] = session.began, whole and length or -length
end

-- Those who are missing: gone, pushed out of sight, or missed by one lookup only.
local function close(self, listed, edge, now, in_time)
  local still = {}
  for id, session in pairs(self.there) do
    local out_of_sight = edge and not is_nearer(self.target, id, edge)
    if listed[id] then
      session.last, session.missing = now, nil
      still[id] = session
    elseif out_of_sight or not in_time then
      record(self, session, session.last, false)
    elseif not session.missing then
      session.missing = now
      still[id] = session
    else
      record(self, session, (session.last + session.missing) // 2, true)
    end
  end
  self.there = still
end

local function open(self, listed, now, in_time)
  for id in pairs(listed) do
    if not self.there[id] then
      local was_in_sight = not self.edge or is_nearer(self.target, id, self.edge)
      local known = in_time and was_in_sight
      self.there[id] = { began = known and (self.looked_at + now) // 2 or nil, last = now }
    end
  end
end

function aso:onTimer()
  local nodes, message = dht.lookup(dht.getKey())
  if not nodes then
    comet.log("nobody was found:", message)
    return
  end
  local now = dht.getSystemTime()
  local listed, furthest = {}, nil
  for _, node in ipairs(nodes) do
    listed[node.id] = true
    if not furthest or is_nearer(self.target, furthest, node.id) then
      furthest = node.id
    end
  end
  local edge = #nodes >= sight and furthest or nil
  local in_time = self.looked_at ~= nil and now - self.looked_at < 2 * self.pause * 1000
  close(self, listed, edge, now, in_time)
  open(self, listed, now, in_time)
  self.edge, self.looked_at, self.looks = edge, now, self.looks + 1
end

local function samples(self)
  local found = {}
  for i, began in ipairs(self.began) do
    if began > self.horizon then
      found[#found + 1] = self.length[i]
    end
  end
  for _, session in pairs(self.there) do
    if session.began and session.began > self.horizon then
      found[#found + 1] = session.began - session.last
    end
  end
  -- At one length those that ended come before those that lasted longer.
  table.sort(found, function(a, b)
    local of_a, of_b = math.abs(a), math.abs(b)
    return of_a < of_b or of_a == of_b and a > b
  end)
  return found
end

-- Methods.

-- Seconds that half of the nodes outlive; nil while too little is known to say.
function aso:median()
  local found = samples(self)
  local surviving = 1
  for i, length in ipairs(found) do
    if length > 0 then
      surviving = surviving * (1 - 1 / (#found - i + 1))
      if surviving <= 0.5 then
        return length / 1000
      end
    end
  end
end

function aso:report()
  local whole, lasting = 0, 0
  for _, length in ipairs(samples(self)) do
    if length > 0 then
      whole = whole + 1
    else
      lasting = lasting + 1
    end
  end
  return { median = self:median(), whole = whole, lasting = lasting, looks = self.looks }
end

function aso:onGet()
  return self:median()
end

-- There is no value to write. New code is for the node to allow.
function aso:onUpdate(new)
  return type(new) == "table" and new or self
end

return aso

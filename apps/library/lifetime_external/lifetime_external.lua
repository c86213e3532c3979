-- Lifetime, external: how long nodes stay, as far as somebody who asks from outside can tell.
--
-- Every ARG 1 seconds (600 without it) one of ARG 2 places of the overlay (8 without it) is looked
-- up, one after the other. A node lasts from its first sighting to its last; it is gone when a
-- round over all places did not show it. Nodes that were there in the first round are not counted.
-- The `median` is of the newest 200 sessions that have ended, so it is too short: sessions that are
-- long have not ended, and a node that cannot be reached for a while counts as gone. Of these
-- faults lifetime_internal has none; this one sees more of the overlay. Needs code that may reach
-- other keys.

local interval, places = ...

local kept = 200
local tracked_max = 120

local aso = { sessions = {}, ended = 0, there = {}, looks = 0, failed = 0 }

function aso:onPut()
  self.pause = tonumber(interval or 600)
  if not self.pause or self.pause < 1 then
    error("ARG 1 is the time between two looks in seconds: from 1 on", 0)
  end
  self.places = math.tointeger(tonumber(places or 8))
  if not self.places or self.places < 1 or self.places > 64 then
    error("ARG 2 is how many places are looked up: 1 to 64", 0)
  end
  dht.lookup(dht.getKey() .. "/0")  -- an error here and now where other keys may not be reached
  dht.setTimer("look", { every = self.pause, missed = "once" })
  return self
end

local function tracked(self)
  local n = 0
  for _ in pairs(self.there) do
    n = n + 1
  end
  return n
end

function aso:onTimer()
  local nodes, message = dht.lookup(dht.getKey() .. "/" .. self.looks % self.places)
  if not nodes then
    self.failed = self.failed + 1
    comet.log("nobody was found:", message)
    return
  end
  local now = dht.getSystemTime()
  local room = tracked_max - tracked(self)
  for _, node in ipairs(nodes) do
    local session = self.there[node.id]
    if session then
      session.last, session.look = now, self.looks
    elseif room > 0 then
      room = room - 1
      local counted = self.looks >= self.places
      self.there[node.id] = { first = now, last = now, look = self.looks, counted = counted }
    end
  end
  local still = {}
  for id, session in pairs(self.there) do
    if self.looks - session.look < self.places then
      still[id] = session
    elseif session.counted then
      self.sessions[self.ended % kept + 1] = session.last - session.first
      self.ended = self.ended + 1
    end
  end
  self.there = still
  self.looks = self.looks + 1
end

-- Methods.

-- Seconds; nil before any session has ended.
function aso:median()
  local found = table.move(self.sessions, 1, #self.sessions, 1, {})
  table.sort(found)
  local middle = #found // 2
  if #found % 2 == 1 then
    return found[middle + 1] / 1000
  end
  return #found > 0 and (found[middle] + found[middle + 1]) / 2000 or nil
end

function aso:report()
  return {
    median = self:median(), ended = self.ended, there = tracked(self), looks = self.looks,
    failed = self.failed,
  }
end

function aso:onGet()
  return self:median()
end

-- There is no value to write. New code is for the node to allow.
function aso:onUpdate(new)
  return type(new) == "table" and new or self
end

return aso

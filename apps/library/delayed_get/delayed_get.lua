-- Delayed get: a read that is answered later.
--
-- ASO.GET with a callback key and the seconds to wait as payload answers when the value will come
-- (ms since 1970); then the value of that moment is put to the callback key. Without a payload
-- ARG 1 counts (10 without it). At most 100 reads wait, for at most 30 days.

local seconds = ...

local waiting_max = 100
local key_bytes_max = 128
local seconds_max = 2592000
local puts_per_turn = 20

local aso = { waiting = {}, lost = 0 }

local function checked(text)
  local delay = tonumber(text)
  if not delay or delay < 0 or delay > seconds_max then
    error("the delay is 0 to " .. seconds_max .. " seconds", 0)
  end
  return delay
end

-- `waiting` is ordered by time; one timer stands for the first of it.
local function set_alarm(self, now)
  local first = self.waiting[1]
  if first then
    dht.setTimer("answer", { after = math.max(first.due - now, 0) / 1000 })
  end
end

function aso:onPut()
  if not self.value then
    error("a delayed get needs a VALUE", 0)
  end
  self.seconds = checked(seconds or 10)
  return self
end

function aso:onGet(_, callback, delay)
  if not callback then
    error("name where the value shall go: ASO.GET key PAYLOAD seconds CALLBACK other-key", 0)
  end
  if #callback > key_bytes_max then
    error("a callback key has at most " .. key_bytes_max .. " bytes here", 0)
  end
  if #self.waiting >= waiting_max then
    error(waiting_max .. " reads wait already; ask again later", 0)
  end
  local now = dht.getSystemTime()
  local due = now + math.ceil((delay and checked(delay) or self.seconds) * 1000)
  local place = #self.waiting + 1
  while place > 1 and self.waiting[place - 1].due > due do
    place = place - 1
  end
  table.insert(self.waiting, place, { due = due, key = callback })
  set_alarm(self, now)
  return due
end

function aso:onTimer()
  local now = dht.getSystemTime()
  local sent = 0
  while sent < puts_per_turn and self.waiting[1] and self.waiting[1].due <= now do
    sent = sent + 1
    -- The right to a callback key is kept in memory only: after a restart of the node it is gone.
    local reached = pcall(dht.put, table.remove(self.waiting, 1).key, self.value, function(copies)
      if not copies then
        self.lost = self.lost + 1
      end
    end)
    if not reached then
      self.lost = self.lost + 1
    end
  end
  set_alarm(self, now)
end

-- Method: how many wait, and how many answers could not be brought.
function aso:readers()
  return { waiting = #self.waiting, lost = self.lost }
end

return aso

-- Publish and subscribe: a get waits for the next update.
--
-- ASO.GET with a callback key answers nothing and waits: the next value that is SET is put to that
-- key too, once. A reader who wants every update gets again, and tells as payload the version it
-- has seen (method `latest`): if there is a newer one already, it is answered at once, so nothing
-- is missed between two gets. A get without a callback key reads the value.
--
-- At most 300 callback keys of up to 64 bytes wait. 20 are served in the turn of the update, more
-- in turns of their own, at most 180 a minute: nodes let an object send 200 messages a minute.

local waiting_max = 300
local key_bytes_max = 64
local puts_per_turn, puts_per_minute = 20, 180
local minute_ms = 60000

local aso = { version = 0, waiting = {}, minute = 0, sent = 0, lost = 0 }

-- Puts the value to the first of those who wait; a timer goes on with the others.
local function deliver(self)
  local now = dht.getSystemTime()
  if now - self.minute >= minute_ms then
    self.minute, self.sent = now, 0
  end
  local room = math.min(#self.waiting, puts_per_turn, puts_per_minute - self.sent)
  for i = 1, room do
    -- The right to a callback key is kept in memory only: after a restart of the node it is gone.
    local reached = pcall(dht.put, self.waiting[i], self.value, function(copies)
      if not copies then
        self.lost = self.lost + 1
      end
    end)
    if not reached then
      self.lost = self.lost + 1
    end
  end
  self.sent = self.sent + room
  self.waiting = table.move(self.waiting, room + 1, #self.waiting, 1, {})
  if #self.waiting > 0 then
    local rest = self.sent < puts_per_minute and 0 or self.minute + minute_ms - now
    dht.setTimer("deliver", { after = rest / 1000 })
  end
end

function aso:onGet(_, callback, seen)
  if not callback or seen and (tonumber(seen) or 0) < self.version then
    return self.value
  end
  if #callback > key_bytes_max then
    error("a callback key has at most " .. key_bytes_max .. " bytes here", 0)
  end
  for _, key in ipairs(self.waiting) do
    if key == callback then
      return nil
    end
  end
  if #self.waiting >= waiting_max then
    error(waiting_max .. " readers wait already; ask again after the next update", 0)
  end
  self.waiting[#self.waiting + 1] = callback
end

function aso:onUpdate(new)
  if type(new) == "string" then
    self.version = self.version + 1
    self.value = new
    deliver(self)
  end
  return new
end

function aso:onTimer()
  deliver(self)
end

-- Methods: the value with its version; how many wait, and how many could not be told.
function aso:latest()
  return { version = self.version, value = self.value }
end

function aso:readers()
  return { waiting = #self.waiting, lost = self.lost }
end

return aso

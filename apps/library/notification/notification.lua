-- Notification: messages for those who listen now, kept for those who do not.
--
-- ARG 1 is how many messages are kept (100, up to 200). Each has a number, one more than the one
-- before. It is published on the channel "notification:<key>" as "<number> <text>", so a listener
-- that sees a gap, or comes back, asks `since` for the rest. Who was away for longer than the
-- messages last is told how many there are no more.

local keep = ...
local text_max, kept_bytes_max, readers_max, answer_max = 1024, 16384, 64, 50

local aso = { last = 0, first = 1, bytes = 0, texts = {}, times = {}, seen = {}, readers = 0 }

function aso:onPut()
  self.keep = math.tointeger(keep or 100)
  if not self.keep or self.keep < 1 or self.keep > 200 then
    error("ARG 1 is how many messages are kept: 1 to 200", 0)
  end
  return self
end

-- A ring: message n stands at place (n - 1) % keep + 1.
local function place_of(self, n)
  return (n - 1) % self.keep + 1
end

local function drop_first(self)
  local place = place_of(self, self.first)
  self.bytes = self.bytes - #self.texts[place]
  self.texts[place] = ""
  self.first = self.first + 1
end

-- Methods: a message to all; its number.
function aso:send(text)
  if not text or text == "" or #text > text_max then
    error("a text of 1 to " .. text_max .. " bytes", 0)
  end
  self.last = self.last + 1
  while self.last - self.first >= self.keep or
    self.first < self.last and self.bytes + #text > kept_bytes_max do
    drop_first(self)
  end
  local place = place_of(self, self.last)
  self.texts[place], self.times[place] = text, dht.getSystemTime()
  self.bytes = self.bytes + #text
  comet.publish("notification:" .. dht.getKey(), self.last .. " " .. text)
  return self.last
end

local function number_from(text, high)
  local n = math.tointeger(text)
  if not n or n < 0 or n > high then
    error("a number of a message: 0 to " .. high, 0)
  end
  return n
end

-- The messages after a number, oldest first, up to 50; `missed` are those no longer kept, and
-- `more` how many come after these.
function aso:since(text)
  local from = number_from(text, self.last) + 1
  local start = math.max(from, self.first)
  local stop = math.min(self.last, start + answer_max - 1)
  local found = {}
  for n = start, stop do
    local place = place_of(self, n)
    found[#found + 1] = { number = n, time = self.times[place], text = self.texts[place] }
  end
  return { messages = found, missed = start - from, more = self.last - stop }
end

-- A reader keeps here up to where it has read; it never goes back.
function aso:read_to(reader, text)
  if not reader or reader == "" or #reader > 64 then
    error("a reader's name of 1 to 64 bytes, and a number", 0)
  end
  local n = number_from(text, self.last)
  if not self.seen[reader] then
    if self.readers >= readers_max then
      error("there are " .. readers_max .. " readers already; forget one", 0)
    end
    self.readers = self.readers + 1
  end
  self.seen[reader] = math.max(n, self.seen[reader] or 0)
  return self.seen[reader]
end

function aso:unread(reader)
  return self:since(self.seen[reader] or 0)
end

function aso:forget(reader)
  if not self.seen[reader] then
    return false
  end
  self.seen[reader] = nil
  self.readers = self.readers - 1
  return true
end

-- A read: the number of the last message. Writes are refused.
function aso:onGet()
  return self.last
end

function aso:onUpdate()
  return self
end

return aso

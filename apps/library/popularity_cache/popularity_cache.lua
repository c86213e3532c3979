-- Popularity cache: a copy of another key's value, made when it is read often.
--
-- ARG 1 is the key whose value this is. While it is read less than ARG 2 times a minute (10 without
-- it) every read asks that key. From then on the value is kept and answered from here, and asked
-- for again after ARG 3 seconds (30 without it). So a rare value costs no memory and is never old,
-- and a popular one costs its holder one read in that time. Readers that come while the value is
-- being asked for wait for the one answer. Needs code that may reach other keys.

local origin, threshold, seconds = ...

local minute_ms = 60000
local kept_bytes_max = 32768

local aso = { minute = 0, reads = 0, before = 0, hits = 0 }

function aso:onPut()
  if not origin or origin == "" or origin == dht.getKey() then
    error("ARG 1 is the key to cache: another than the object's own", 0)
  end
  self.threshold = math.tointeger(tonumber(threshold or 10))
  if not self.threshold or self.threshold < 1 then
    error("ARG 2 is from how many reads a minute on the value is kept: a whole number from 1", 0)
  end
  self.fresh_ms = (tonumber(seconds or 30) or 0) * 1000
  if self.fresh_ms <= 0 then
    error("ARG 3 is for how many seconds a kept value is answered: over 0", 0)
  end
  return self
end

-- Counts the read. Popular is what was read often enough in this minute or the one before.
local function is_popular(self, now)
  local passed = now - self.minute
  if passed >= minute_ms then
    self.before = passed < 2 * minute_ms and self.reads or 0
    self.minute, self.reads = now, 0
  end
  self.reads = self.reads + 1
  return math.max(self.reads, self.before) >= self.threshold
end

function aso:onGet()
  local now = dht.getSystemTime()
  local popular = is_popular(self, now)
  if self.kept and now - self.kept_at < self.fresh_ms then
    self.hits = self.hits + 1
    return self.kept
  end
  self.kept, self.kept_at = nil, nil
  local value, nodes = dht.get(origin)
  if type(nodes) == "string" then
    error(origin .. " cannot be read: " .. nodes, 0)
  end
  if popular and type(value) == "string" and #value <= kept_bytes_max then
    self.kept, self.kept_at = value, dht.getSystemTime()
  end
  return value
end

-- What is written belongs to the other key. New code is for the node to allow.
function aso:onUpdate(new)
  return type(new) == "table" and new or self
end

-- Methods: drop what is kept, for a writer of the other key; how it went.
function aso:forget()
  self.kept, self.kept_at = nil, nil
  return true
end

function aso:figures()
  return { reads = self.reads, hits = self.hits, kept = self.kept ~= nil }
end

return aso

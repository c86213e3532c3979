-- Session: a value that lives as long as it is used, and not longer than a given time.
--
-- ARG 1 how many seconds without a read or write end it (1800), ARG 2 how many seconds end it in
-- any case (86400). Reads are frequent, so their time is kept only when it is a 16th of ARG 1 later
-- than the one that is kept: most reads write nothing, and a session ends at most so much late.

local idle, lifetime = ...
local value_max = 16384

local aso = {}

local function seconds_from(text, fallback, what)
  local n = tonumber(text or fallback)
  if not (n and n >= 1 and n <= 31536000) then
    error(what .. ": 1 to 31536000 seconds", 0)
  end
  return math.floor(n * 1000)
end

local function ends_at(self)
  return math.min(self.used_at + self.idle + self.idle // 16, self.born_at + self.lifetime)
end

local function watch(self)
  dht.setTimer("end", { after = math.max(ends_at(self) - dht.getSystemTime(), 0) / 1000 })
end

local function check(value)
  if type(value) == "string" and #value > value_max then
    error("a session holds up to " .. value_max .. " bytes", 0)
  end
end

-- Whether it goes on; one that is over ends with this turn.
local function goes_on(self)
  if dht.getSystemTime() < ends_at(self) then
    return true
  end
  dht.deleteSelf()
  return false
end

local function touch(self)
  local now = dht.getSystemTime()
  if now - self.used_at >= self.idle // 16 then
    self.used_at = now
  end
end

function aso:onPut()
  check(self.value)
  self.idle = seconds_from(idle, 1800, "ARG 1 is the time without use")
  self.lifetime = seconds_from(lifetime, 86400, "ARG 2 is the longest life")
  self.born_at = dht.getSystemTime()
  self.used_at = self.born_at
  watch(self)
  return self
end

function aso:onGet()
  if goes_on(self) then
    touch(self)
    return self.value
  end
end

function aso:onUpdate(new)
  check(new)
  if not goes_on(self) then
    return self
  end
  touch(self)
  return new
end

-- The time was set for an end that uses have moved.
function aso:onTimer()
  if goes_on(self) then
    watch(self)
  end
end

-- Methods: how many ms are left, which is no use of it; and its end, at once.
function aso:left()
  return math.max(ends_at(self) - dht.getSystemTime(), 0)
end

function aso:finish()
  dht.deleteSelf()
  return true
end

return aso

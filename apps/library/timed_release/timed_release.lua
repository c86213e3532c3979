-- Timed release: a value that nobody can read before its time.
--
-- ARG 1 is when it opens: "+3600" (seconds from now) or a time in ms since 1970, UTC. Until then a
-- read gives nil and a write is refused; from then on it is an ordinary value. When it opens, its
-- key is published on the channel "timed_release".

local when = ...

local aso = {}

function aso:onPut()
  local delay, moment = (when or ""):match("^%+(%d+)$"), (when or ""):match("^(%d+)$")
  if not delay and not moment then
    error("ARG 1 is when to open: +seconds, or milliseconds since 1970", 0)
  end
  local now = dht.getSystemTime()
  self.opens_at = delay and now + math.tointeger(delay) * 1000 or math.tointeger(moment)
  dht.setTimer("open", { after = math.max(self.opens_at - now, 0) / 1000 })
  return self
end

local function is_open(self)
  return dht.getSystemTime() >= self.opens_at
end

function aso:onGet()
  if is_open(self) then
    return self.value
  end
end

function aso:onUpdate(new)
  return is_open(self) and new or self
end

function aso:onTimer()
  comet.publish("timed_release", dht.getKey())
end

-- Methods: when it opens (ms since 1970), and how long that is from now (ms, 0 once it is open).
function aso:opens()
  return self.opens_at
end

function aso:left()
  return math.max(self.opens_at - dht.getSystemTime(), 0)
end

return aso

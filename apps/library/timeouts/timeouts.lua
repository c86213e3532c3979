-- Timeout: a value with a lifetime of its own.
--
-- ARG 1 is the lifetime in seconds, from the put on. Until its end this is an ordinary value, and
-- a write does not make the lifetime longer. From then on reads give nothing, writes are refused,
-- and the object deletes itself.

local lifetime = ...

local century = 3155760000  -- seconds: the longest that a timer may take

local aso = {}

function aso:onPut()
  local seconds = tonumber(lifetime)
  if not seconds or seconds <= 0 or seconds > century then
    error("ARG 1 is the lifetime in seconds: over 0, at most 100 years", 0)
  end
  self.ends_at = dht.getSystemTime() + math.ceil(seconds * 1000)
  dht.setTimer("end", { after = seconds })
  return self
end

-- The timer may come late, for instance after a restart. The end does not.
local function is_over(self)
  local over = dht.getSystemTime() >= self.ends_at
  if over then
    dht.deleteSelf()
  end
  return over
end

function aso:onGet()
  if not is_over(self) then
    return self.value
  end
end

function aso:onUpdate(new)
  return is_over(self) and self or new
end

function aso:onTimer()
  dht.deleteSelf()
end

-- Method: ms until the end.
function aso:left()
  return math.max(self.ends_at - dht.getSystemTime(), 0)
end

return aso

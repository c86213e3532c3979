-- Vanish share: one share of a secret, which ends by itself.
--
-- ARG 1 is its lifetime in seconds, from the put on; ARG 2, if given, how many copies of it are
-- kept. Nothing makes the lifetime longer. At its end the share deletes itself, and a read that
-- comes before that has happened gets nothing.

local lifetime, copies = ...

local century = 3155760000  -- seconds: the longest that a timer may take

local aso = {}

function aso:onPut()
  local seconds = tonumber(lifetime)
  if not seconds or seconds <= 0 or seconds > century then
    error("ARG 1 is the lifetime of the share in seconds: over 0, at most 100 years", 0)
  end
  if not self.value then
    error("a share needs its VALUE", 0)
  end
  if copies then
    dht.replicas({ count = tonumber(copies) or error("ARG 2 is the number of copies", 0) })
  end
  self.ends_at = dht.getSystemTime() + math.ceil(seconds * 1000)
  dht.setTimer("end", { after = seconds })
  return self
end

function aso:onGet()
  if dht.getSystemTime() < self.ends_at then
    return self.value
  end
  dht.deleteSelf()
end

-- A share is what it was sealed as: neither a new value nor new code is taken.
function aso:onUpdate()
  return self
end

function aso:onTimer()
  dht.deleteSelf()
end

-- Method: ms until the end.
function aso:left()
  return math.max(self.ends_at - dht.getSystemTime(), 0)
end

return aso

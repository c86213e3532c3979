-- Write-behind counter: counts in memory and writes the sum from time to time.
--
-- ARG 1 is how many seconds counts may wait for the disk (1; 0.1 to 3600). Of a burst of additions
-- only the first and the timer write anything. A node that dies loses what waited: at most that
-- much time. A counter of which nothing may be missing is a plain key with INCR.

local interval = ...

local aso = { value = 0 }

-- Not of the state, which is what gets written: what waits, and whether the timer is set.
local waiting, is_timed = 0, false

function aso:onPut()
  self.interval = tonumber(interval or 1)
  if not (self.interval and self.interval >= 0.1 and self.interval <= 3600) then
    error("ARG 1 is how many seconds counts may wait: 0.1 to 3600", 0)
  end
  self.value = math.tointeger(self.value)
  if not self.value then
    error("VALUE is where the count begins, a whole number", 0)
  end
  return self
end

local function write(self)
  self.value, waiting, is_timed = self.value + waiting, 0, false
end

-- Methods: adds a whole number (1 without it) and answers the sum; false for what is no such
-- number. It raises no error, because a turn that fails takes along what waits.
function aso:add(text)
  local n = math.tointeger(text or 1)
  if not n or math.abs(n) > 1e15 then
    return false
  end
  waiting = waiting + n
  if not is_timed then
    dht.setTimer("write", { after = self.interval })
    is_timed = true
  end
  return self.value + waiting
end

-- Writes now: what was counted before the answer is as safe as any write.
function aso:flush()
  write(self)
  dht.cancelTimer("write")
  return self.value
end

function aso:unwritten()
  return waiting
end

function aso:onTimer()
  write(self)
end

function aso:onGet()
  return self.value + waiting
end

-- SET begins from another number; INCR and its like come here too, and write at once.
function aso:onUpdate(new)
  local n = math.tointeger(new)
  if not n then
    return self
  end
  waiting = 0
  return n
end

return aso

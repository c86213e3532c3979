-- Rate limiter: permits for one thing that is limited, such as the requests of a user.
--
-- ARG 1 token_bucket or sliding_window; ARG 2 how many permits (a window: up to 500), ARG 3 in how
-- many seconds; ARG 4, if given: unused for so many seconds, the limiter deletes itself.
--   token_bucket    permits come back evenly; after a pause all of them may be taken at once
--   sliding_window  in no period of that length are more permits given, wherever it begins
-- All sums are of whole numbers: a retry at the time that was told succeeds.

local mode, limit, period, forget = ...
local limit_max = { token_bucket = 1000000, sliding_window = 500 }

local aso = {}

function aso:onPut()
  self.mode, self.limit = mode, math.tointeger(limit)
  if not limit_max[mode] then
    error("ARG 1 is the kind: token_bucket or sliding_window", 0)
  end
  if not self.limit or self.limit < 1 or self.limit > limit_max[mode] then
    error("ARG 2 is how many permits: 1 to " .. limit_max[mode], 0)
  end
  local seconds = tonumber(period)
  if not (seconds and seconds >= 0.1 and seconds <= 86400) then
    error("ARG 3 is the period in seconds: 0.1 to 86400", 0)
  end
  self.period = math.floor(seconds * 1000)
  self.used_at = dht.getSystemTime()
  if mode == "token_bucket" then
    self.level = self.limit * self.period -- one permit is `period`, so that a ms gives back `limit`
  else
    self.times, self.counts = {}, {} -- when permits were given, and how many
  end
  if forget then
    self.forget = tonumber(forget)
    if not (self.forget and self.forget >= 1 and self.forget <= 31536000) then
      error("ARG 4 is the pause in seconds after which it deletes itself: 1 to 31536000", 0)
    end
    dht.setTimer("forget", { after = self.forget })
  end
  return self
end

-- The permits that are there now, and a function that tells in how many ms there will be `n`.
local kinds = {}

function kinds.token_bucket(self, now)
  local full = self.limit * self.period
  self.level = math.min(full, self.level + (now - self.used_at) * self.limit)
  return self.level // self.period, function(n)
    return -((self.level - n * self.period) // self.limit)
  end
end

function kinds.sliding_window(self, now)
  local gone, given = 0, 0
  for place, at in ipairs(self.times) do
    if at + self.period <= now then
      gone = place
    else
      given = given + self.counts[place]
    end
  end
  if gone > 0 then
    self.times = table.move(self.times, gone + 1, #self.times, 1, {})
    self.counts = table.move(self.counts, gone + 1, #self.counts, 1, {})
  end
  return self.limit - given, function(n)
    local free = self.limit - given
    for place, at in ipairs(self.times) do
      free = free + self.counts[place]
      if free >= n then
        return at + self.period - now
      end
    end
  end
end

local function clock(self)
  return math.max(dht.getSystemTime(), self.used_at) -- another node's clock may be behind
end

local function grant(self, n, now)
  if self.mode == "token_bucket" then
    self.level = self.level - n * self.period
  elseif self.times[#self.times] == now then
    self.counts[#self.counts] = self.counts[#self.counts] + n
  else
    self.times[#self.times + 1], self.counts[#self.counts + 1] = now, n
  end
end

-- Methods: takes n permits (1 without it) or none: whether it did, how many are left, and when
-- to try again if it did not.
function aso:take(count)
  local n = math.tointeger(count or 1)
  if not n or n < 1 or n > self.limit then
    error("a whole number from 1 to the limit, " .. self.limit, 0)
  end
  local now = clock(self)
  local left, wait = kinds[self.mode](self, now)
  self.used_at = now
  if left < n then
    return { allowed = false, left = left, retry_ms = wait(n) }
  end
  grant(self, n, now)
  return { allowed = true, left = left - n, retry_ms = 0 }
end

-- A read tells how many permits are there; it takes none and changes nothing.
function aso:onGet()
  local now = clock(self)
  if self.mode == "token_bucket" then
    local full = self.limit * self.period
    return math.min(full, self.level + (now - self.used_at) * self.limit) // self.period
  end
  local left = self.limit
  for place, at in ipairs(self.times) do
    if at + self.period > now then
      left = left - self.counts[place]
    end
  end
  return left
end

-- Refused, so that two clients who make the same limiter do not empty each other's count.
function aso:onUpdate()
  return self
end

function aso:onTimer()
  local unused = (clock(self) - self.used_at) / 1000
  if unused >= self.forget then
    dht.deleteSelf()
  else
    dht.setTimer("forget", { after = self.forget - unused })
  end
end

return aso

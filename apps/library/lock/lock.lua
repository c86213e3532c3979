-- Lock: one holder at a time, for a lease, with a fencing token.
--
-- ARG 1 is the longest lease in seconds (300 without it). A holder that dies loses the lock when
-- its lease ends. Tokens only grow, also over a lock that was deleted and put again: what the lock
-- protects refuses a token lower than one it has seen, and so a holder that believes too long.
-- "free" is published on the channel "lock:<key>" when the lock is released or its lease ends.

local lease_max = ...

local aso = { token = 0 }

function aso:onPut()
  self.lease_max = tonumber(lease_max or 300)
  if not (self.lease_max and self.lease_max >= 1 and self.lease_max <= 86400) then
    error("ARG 1 is the longest lease in seconds: 1 to 86400", 0)
  end
  return self
end

local function lease_of(self, text)
  local seconds = tonumber(text)
  if not (seconds and seconds >= 0.1 and seconds <= self.lease_max) then
    error("the lease is a number of seconds: 0.1 to " .. self.lease_max, 0)
  end
  return math.ceil(seconds * 1000)
end

local function is_held(self)
  return self.holder ~= nil and dht.getSystemTime() < self.ends_at
end

local function begin(self, lease)
  self.ends_at = dht.getSystemTime() + lease
  dht.setTimer("lease", { after = lease / 1000 })
end

local function free(self)
  self.holder, self.user, self.ends_at = nil, nil, nil
  dht.cancelTimer("lease")
  comet.publish("lock:" .. dht.getKey(), "free")
end

-- The lock is the token's: the newest one, its lease not over, asked by the user that got it.
local function is_mine(self, token)
  return is_held(self) and math.tointeger(token) == self.token
    and dht.caller().user == self.user
end

-- Methods: takes the lock for a name, if it is free. A holder that asks again is refused like
-- anybody: the one that asks may have forgotten, the one that holds may still work.
function aso:acquire(name, lease)
  if not name or name == "" or #name > 128 then
    error("who asks (1 to 128 bytes), and the lease in seconds", 0)
  end
  local length = lease_of(self, lease)
  if is_held(self) then
    local left = self.ends_at - dht.getSystemTime()
    return { acquired = false, holder = self.holder, left_ms = left }
  end
  self.token = math.max(self.token + 1, dht.getSystemTime())
  self.holder, self.user = name, dht.caller().user
  begin(self, length)
  return { acquired = true, token = self.token, left_ms = length }
end

-- Whether the lock is still the token's, for another lease from now.
function aso:renew(token, lease)
  local length = lease_of(self, lease)
  if not is_mine(self, token) then
    return false
  end
  begin(self, length)
  return true
end

function aso:release(token)
  if not is_mine(self, token) then
    return false
  end
  free(self)
  return true
end

-- A read: who holds it, or nil.
function aso:onGet()
  return is_held(self) and self.holder or nil
end

function aso:onUpdate()
  return self
end

function aso:onDelete()
  return not is_held(self)
end

function aso:onTimer()
  if self.holder and not is_held(self) then
    free(self)
  end
end

return aso

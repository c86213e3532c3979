-- Feature flag: on for a share of the users, and for each user always the same.
--
-- ARG 1 is the share in percent (0 without it, two decimals). A user's number is a hash of the
-- flag's key and the name, from 0 to 9999; the flag is on for those below the share. So a share
-- that grows keeps all who have it, two flags choose different users, and no list of users is kept.

local share = ...
local exceptions_max, name_max = 200, 64

local aso = { exceptions = {}, count = 0 }

local function parts_from(text)
  local percent = tonumber(text)
  if not (percent and percent >= 0 and percent <= 100) then
    error("the share is a number from 0 to 100", 0)
  end
  return math.floor(percent * 100 + 0.5)
end

function aso:onPut()
  self.from = parts_from(share or 0)
  self.to, self.begins_at, self.lasts = self.from, 0, 0
  return self
end

local function parts_now(self)
  local gone = dht.getSystemTime() - self.begins_at
  if gone >= self.lasts then
    return self.to
  end
  return self.from + (self.to - self.from) * math.max(gone, 0) // self.lasts
end

local function check_name(user)
  if not user or user == "" or #user > name_max then
    error("a user's name has 1 to " .. name_max .. " bytes", 0)
  end
end

local function is_on(self, user)
  check_name(user)
  local exception = self.exceptions[user]
  if exception ~= nil then
    return exception
  end
  local number = tonumber(comet.sha256(dht.getKey() .. "\0" .. user):sub(1, 12), 16) % 10000
  return number < parts_now(self)
end

-- Methods: is the flag on for a user?
function aso:enabled(user)
  return is_on(self, user)
end

-- The share from now on, or reached evenly over so many seconds.
function aso:roll_out(text, over)
  local to, seconds = parts_from(text), tonumber(over or 0)
  if not (seconds and seconds >= 0 and seconds <= 31536000) then
    error("the share in percent, and over how many seconds: 0 to 31536000", 0)
  end
  self.from, self.to = parts_now(self), to
  self.begins_at, self.lasts = dht.getSystemTime(), math.floor(seconds * 1000)
  return self.to / 100
end

-- Users who have it, or do not have it, whatever the share is.
local function except(self, user, answer)
  check_name(user)
  if self.exceptions[user] == nil then
    if self.count >= exceptions_max then
      error("there are " .. exceptions_max .. " exceptions already; clear one", 0)
    end
    self.count = self.count + 1
  end
  self.exceptions[user] = answer
  return answer
end

function aso:allow(user)
  return except(self, user, true)
end

function aso:deny(user)
  return except(self, user, false)
end

function aso:clear(user)
  if self.exceptions[user] == nil then
    return false
  end
  self.exceptions[user] = nil
  self.count = self.count - 1
  return true
end

-- A read with a user as payload is `enabled`; without, the share in percent. SET is `roll_out`.
function aso:onGet(_, _, user)
  if user and user ~= "" then
    return is_on(self, user)
  end
  return parts_now(self) / 100
end

function aso:onUpdate(new)
  if type(new) == "table" then
    return new
  end
  return self:roll_out(new)
end

return aso

-- Presence: who is here, told by beats that stop when somebody goes.
--
-- ARG 1 is after how many seconds without a beat a member counts as gone (30). Up to 128 members;
-- a full room says so. What changed is published on the channel "presence:<key>" half a second
-- later, all of it in one message with a line for each: "joined NAME" or "left NAME".

local patience = ...
local members_max, name_max, tell_after = 128, 32, 0.5

local aso = { members = {}, count = 0, news = {}, news_count = 0 }

function aso:onPut()
  local seconds = tonumber(patience or 30)
  if not (seconds and seconds >= 1 and seconds <= 86400) then
    error("ARG 1 is the time without a beat: 1 to 86400 seconds", 0)
  end
  self.patience = math.floor(seconds * 1000)
  return self
end

-- The news of half a second are bounded too: a member that comes and goes counts once.
local function tell(self, name, what)
  if not self.news[name] then
    self.news_count = self.news_count + 1
  end
  if self.news_count == 1 then
    dht.setTimer("tell", { after = tell_after })
  end
  self.news[name] = what
end

local function part(self, name)
  self.members[name] = nil
  self.count = self.count - 1
  tell(self, name, "left")
end

-- Beats are seen too late by at most a second: the timer is not set anew for each of them.
local function sweep(self)
  local now, next_at = dht.getSystemTime(), nil
  for name, seen in pairs(self.members) do
    if seen + self.patience <= now then
      part(self, name)
    elseif not next_at or seen < next_at then
      next_at = seen
    end
  end
  if next_at then
    dht.setTimer("sweep", { after = math.max(next_at + self.patience - now, 1000) / 1000 })
  end
end

-- Methods: a member is here, and stays for the time of ARG 1; true when it was not before.
function aso:beat(name)
  if not name or name == "" or #name > name_max or name:find("[%c]") then
    error("a name of 1 to " .. name_max .. " bytes, without control characters", 0)
  end
  local is_new = not self.members[name]
  if is_new then
    if self.count >= members_max then
      sweep(self)
    end
    if self.count >= members_max then
      error("the room is full: " .. members_max .. " members", 0)
    end
    if self.news_count >= members_max then
      error("too many come and go at once; try again in a second", 0)
    end
    self.count = self.count + 1
    tell(self, name, "joined")
    if self.count == 1 then
      dht.setTimer("sweep", { after = self.patience / 1000 })
    end
  end
  self.members[name] = dht.getSystemTime()
  return is_new
end

function aso:leave(name)
  if not self.members[name] then
    return false
  end
  part(self, name)
  return true
end

local function is_here(self, seen)
  return dht.getSystemTime() < seen + self.patience
end

function aso:here()
  local names = {}
  for name, seen in pairs(self.members) do
    if is_here(self, seen) then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  return names
end

function aso:is_here(name)
  local seen = self.members[name]
  return seen ~= nil and is_here(self, seen)
end

-- A read: how many are here. Writes are refused.
function aso:onGet()
  local count = 0
  for _, seen in pairs(self.members) do
    if is_here(self, seen) then
      count = count + 1
    end
  end
  return count
end

function aso:onUpdate()
  return self
end

local timers = {}

function timers.sweep(self)
  sweep(self)
end

function timers.tell(self)
  local lines = {}
  for name, what in pairs(self.news) do
    lines[#lines + 1] = what .. " " .. name
  end
  table.sort(lines)
  comet.publish("presence:" .. dht.getKey(), table.concat(lines, "\n"))
  self.news, self.news_count = {}, 0
end

function aso:onTimer(name)
  timers[name](self)
end

return aso

-- Monitoring: a value with an audit trail: who read it, who wrote it, which nodes hosted it.
--
-- The newest `keep` events stay (ARG 1, 1 to 80, 50 without it), `total` counts all. A read or a
-- write and its entry are one turn. Which nodes keep the value is looked at in every turn and each
-- 10 minutes; an entry is made when it differs. The trail is for who put the value, and only who
-- put it deletes it.

local keep = ...

local look_every = 600  -- seconds

local aso = { total = 0, events = {}, hosts = "" }

local function note(self, what, caller, about)
  self.events[self.total % self.keep + 1] = {
    dht.getSystemTime(), what, caller and caller.ip or "", caller and caller.user or "", about,
  }
  self.total = self.total + 1
end

-- The nodes by the first 12 digits of their ids; the first is the one where this turn runs.
local function look_at_hosts(self)
  local ids = {}
  for _, node in ipairs((dht.replicas())) do
    ids[#ids + 1] = node.id:sub(1, 12)
  end
  local hosts = table.concat(ids, " ")
  if hosts ~= self.hosts then
    self.hosts = hosts
    note(self, "hosted", nil, hosts)
  end
end

function aso:onPut(caller)
  self.keep = math.tointeger(tonumber(keep or 50))
  if not self.keep or self.keep < 1 or self.keep > 80 then
    error("ARG 1 is how many events to keep: 1 to 80", 0)
  end
  self.owner = caller.user
  note(self, "put", caller)
  look_at_hosts(self)
  dht.setTimer("look", { every = look_every, missed = "once" })
  return self
end

function aso:onGet(caller)
  look_at_hosts(self)
  note(self, "read", caller)
  return self.value
end

function aso:onUpdate(new, caller)
  look_at_hosts(self)
  note(self, type(new) == "table" and "code" or "written", caller)
  return new
end

function aso:onDelete(caller)
  if caller.user == self.owner then
    return true
  end
  note(self, "delete refused", caller)
  return false
end

function aso:onTimer()
  look_at_hosts(self)
end

-- Method: the events that are kept, oldest first. Asking is no event.
function aso:trail()
  if dht.caller().user ~= self.owner then
    error("the trail is for who put this value", 0)
  end
  local found = {}
  for n = math.max(self.total - self.keep, 0), self.total - 1 do
    local event = self.events[n % self.keep + 1]
    found[#found + 1] = {
      time = event[1], what = event[2], ip = event[3], user = event[4], nodes = event[5],
    }
  end
  return found
end

return aso

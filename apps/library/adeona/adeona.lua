-- Adeona: where a device was, for who knows the password, and who asked.
--
-- The device that put the object writes reports (SET); each is kept with its time and the address
-- it came from. A get with the password as payload gives the reports; every get is recorded, right
-- or wrong. The newest 50 reports and the newest 50 reads are kept. The password is set by `lock`
-- and stored as a salted hash of many rounds; after 5 wrong ones in a row none is taken for a
-- minute, then twice as long, at most for a day.

local kept = 50
local report_bytes_max = 200
local rounds = 100
local wrong_max = 5
local pause_ms, pause_ms_max = 60000, 86400000
local password_bytes_max = 128

local aso = { reports = {}, written = 0, reads = {}, asked = 0, wrong = 0, closed_until = 0 }

function aso:onPut(caller)
  self.device = caller.user
  return self
end

-- Rings: entry n stands at place n % kept + 1.
local function add(ring, count, entry)
  ring[count % kept + 1] = entry
  return count + 1
end

local function in_order(ring, count, shown)
  local found = {}
  for n = math.max(count - kept, 0), count - 1 do
    found[#found + 1] = shown(ring[n % kept + 1])
  end
  return found
end

local function derived(password, salt)
  local hash = comet.hmac(password, salt)
  for _ = 2, rounds do
    hash = comet.hmac(password, hash)
  end
  return hash
end

-- Two hashes of 64 digits, compared to the last: the time does not tell where they differ.
local function same(a, b)
  local difference = 0
  for i = 1, 64 do
    difference = difference | (a:byte(i) ~ b:byte(i))
  end
  return difference == 0
end

local function is_password(word)
  return type(word) == "string" and #word > 0 and #word <= password_bytes_max
end

-- Is this the password? The question is recorded, so nothing here raises an error: a turn that
-- fails is undone, and the record with it.
local function opens(self, word, caller)
  local now = dht.getSystemTime()
  local right = self.hash and is_password(word) and now >= self.closed_until
  if right then
    right = same(derived(word, self.salt), self.hash)
    self.wrong = right and 0 or self.wrong + 1
    if self.wrong >= wrong_max then
      local doubled = math.min(self.wrong - wrong_max, 20)
      self.closed_until = now + math.min(pause_ms << doubled, pause_ms_max)
    end
  end
  self.asked = add(self.reads, self.asked, { now, caller.ip, caller.user, right or false })
  return right
end

function aso:onGet(caller, _, password)
  if opens(self, password, caller) then
    return in_order(self.reports, self.written, function(report)
      return { time = report[1], ip = report[2], text = report[3] }
    end)
  end
end

function aso:onUpdate(new, caller)
  if caller.user ~= self.device or type(new) ~= "string" or #new > report_bytes_max then
    return self
  end
  self.written = add(self.reports, self.written, { dht.getSystemTime(), caller.ip, new })
  return new
end

-- Who has the device must not be able to erase its trace.
function aso:onDelete()
  return false
end

-- Methods.

-- Sets the password, for the device; one that is set already has to be told.
function aso:lock(password, old)
  if not is_password(password) then
    error("a password has 1 to " .. password_bytes_max .. " bytes", 0)
  end
  local caller = dht.caller()
  if self.hash and not opens(self, old, caller) or caller.user ~= self.device then
    return false
  end
  self.salt = comet.sha256(table.concat({
    dht.getKey(), dht.getSystemTime(), comet.random(math.maxinteger), comet.random(math.maxinteger),
  }, "/"))
  self.hash = derived(password, self.salt)
  return true
end

-- Who asked, oldest first; this question is among them.
function aso:log(password)
  if opens(self, password, dht.caller()) then
    return in_order(self.reads, self.asked, function(read)
      return { time = read[1], ip = read[2], user = read[3], right = read[4] }
    end)
  end
end

function aso:remove(password)
  local opened = opens(self, password, dht.caller())
  if opened then
    dht.deleteSelf()
  end
  return opened or false
end

return aso

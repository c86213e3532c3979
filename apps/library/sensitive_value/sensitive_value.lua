-- Sensitive value: a value that is read with a password.
--
-- The password is set by the method `lock`, by who put the object; until then nobody reads it. It
-- is no ARG of the script because arguments are stored as they are: what is stored of a password
-- is a salted hash of many rounds. A wrong password gives nothing, and after 5 in a row no
-- password is taken for a minute, after each further one for twice as long, at most for a day.

local rounds = 100
local wrong_max = 5
local pause_ms, pause_ms_max = 60000, 86400000
local password_bytes_max = 128

local aso = { wrong = 0, closed_until = 0 }

function aso:onPut(caller)
  self.owner = caller.user
  return self
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

-- Is this the password? What it counts has to last, so nothing here raises an error: a turn that
-- fails is undone, the count of wrong words with it.
local function opens(self, word)
  local now = dht.getSystemTime()
  if not self.hash or not is_password(word) or now < self.closed_until then
    return false
  end
  if same(derived(word, self.salt), self.hash) then
    self.wrong = 0
    return true
  end
  self.wrong = self.wrong + 1
  if self.wrong >= wrong_max then
    local doubled = math.min(self.wrong - wrong_max, 20)
    self.closed_until = now + math.min(pause_ms << doubled, pause_ms_max)
  end
  return false
end

function aso:onGet(_, _, password)
  if opens(self, password) then
    return self.value
  end
end

-- SET carries no password. New code is for the node to allow: its owner or an administrator.
function aso:onUpdate(new)
  return type(new) == "table" and new or self
end

-- Methods. Each says whether it was done.

-- Sets the password; one that is set already has to be told.
function aso:lock(password, old)
  if not is_password(password) then
    error("a password has 1 to " .. password_bytes_max .. " bytes", 0)
  end
  if self.hash and not opens(self, old) or self.owner ~= dht.caller().user then
    return false
  end
  self.salt = comet.sha256(table.concat({
    dht.getKey(), dht.getSystemTime(), comet.random(math.maxinteger), comet.random(math.maxinteger),
  }, "/"))
  self.hash = derived(password, self.salt)
  return true
end

function aso:change(password, value)
  local opened = opens(self, password)
  if opened then
    self.value = value
  end
  return opened
end

-- ms until passwords are taken again.
function aso:closed()
  return math.max(self.closed_until - dht.getSystemTime(), 0)
end

return aso

-- Idempotency key: a request that arrives several times is carried out once, and each time has the
-- same answer.
--
-- Each request has an object of its own, put under the key that its sender chose. ARG 1 is for how
-- many seconds the answer is kept (86400), ARG 2 how many seconds carrying it out may take (60):
-- after them the next one begins anew with another token, and the old token is worth nothing.

local kept, lease = ...
local answer_max, mark_max = 16384, 128

local aso = { token = 0 }

local function seconds_from(text, fallback, high, what)
  local n = tonumber(text or fallback)
  if not (n and n >= 1 and n <= high) then
    error(what .. ": 1 to " .. high .. " seconds", 0)
  end
  return n
end

function aso:onPut()
  local seconds = seconds_from(lease, 60, 86400, "ARG 2 is the time to carry it out")
  self.lease = math.floor(seconds * 1000)
  dht.setTimer("end", { after = seconds_from(kept, 86400, 31536000, "ARG 1 is the time kept") })
  return self
end

local function is_running(self)
  return self.until_ms ~= nil and dht.getSystemTime() < self.until_ms
end

-- Methods. The mark says what is asked for, such as a hash of the request: another request under
-- the same key is an error of its sender. State "start" is told to one at a time.
function aso:begin(mark)
  if not mark or mark == "" or #mark > mark_max then
    error("what is asked for, as a mark of 1 to " .. mark_max .. " bytes", 0)
  end
  if self.mark and self.mark ~= mark then
    error("this key belongs to another request", 0)
  end
  if self.finished then
    return { state = "done", answer = self.answer }
  end
  if is_running(self) then
    return { state = "running", left_ms = self.until_ms - dht.getSystemTime() }
  end
  self.mark, self.token = mark, self.token + 1
  self.until_ms = dht.getSystemTime() + self.lease
  return { state = "start", token = self.token }
end

-- Both answer whether the token was the newest: false to one that took too long and was replaced.
function aso:finish(token, answer)
  if not answer or #answer > answer_max then
    error("the token and an answer of up to " .. answer_max .. " bytes", 0)
  end
  if math.tointeger(token) ~= self.token or self.token == 0 then
    return false
  end
  if self.finished then
    return self.answer == answer -- a repeated finish, its first answer lost on the way
  end
  if not self.until_ms then
    return false -- it gave up before
  end
  self.finished, self.answer, self.until_ms = true, answer, nil
  return true
end

-- It was not carried out and may be tried again.
function aso:give_up(token)
  if self.finished or not self.until_ms or math.tointeger(token) ~= self.token then
    return false
  end
  self.until_ms = nil
  return true
end

-- A read: the answer, nil while there is none.
function aso:onGet()
  return self.answer
end

-- Refused, also to a second ASO.PUT: whoever comes second finds what the first one made.
function aso:onUpdate()
  return self
end

function aso:onTimer()
  dht.deleteSelf()
end

return aso

-- Access log: a value that remembers who read it.
--
-- Each read is kept with its time (ms since 1970), address and user; the newest `keep` reads stay
-- (ARG 1, 1 to 200, 100 without it) and `count` is the number of all. A read and its entry are one
-- turn: nobody sees the value without being recorded.

local keep = ...

local aso = { count = 0, reads = {} }

function aso:onPut()
  self.keep = math.tointeger(keep or 100)
  if not self.keep or self.keep < 1 or self.keep > 200 then
    error("ARG 1 is how many reads to keep: 1 to 200", 0)
  end
  return self
end

function aso:onGet(caller)
  -- A ring: entry n stands at place (n - 1) % keep + 1.
  self.reads[self.count % self.keep + 1] =
    { dht.getSystemTime(), caller.ip, caller.port, caller.user }
  self.count = self.count + 1
  return self.value
end

-- Methods: the reads that are kept, oldest first, and the number of all.
function aso:log()
  local found = {}
  for n = math.max(self.count - self.keep, 0), self.count - 1 do
    local read = self.reads[n % self.keep + 1]
    found[#found + 1] = { time = read[1], ip = read[2], port = read[3], user = read[4] }
  end
  return found
end

function aso:total()
  return self.count
end

return aso

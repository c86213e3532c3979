-- Limited read: a value that can be read so many times and is then gone.
--
-- ARG 1 is how often (1 without it). A read and its count are one turn, so among any number of
-- readers at any nodes exactly so many get the value. Everything that tells something of the value
-- (GETRANGE, STRLEN, INCR ...) is a read. The value cannot be written again.

local reads = ...

local aso = {}

function aso:onPut()
  self.remaining = math.tointeger(tonumber(reads or 1))
  if not self.remaining or self.remaining < 1 then
    error("ARG 1 is how often the value can be read: a whole number from 1 on", 0)
  end
  return self
end

function aso:onGet()
  self.remaining = self.remaining - 1
  if self.remaining <= 0 then
    dht.deleteSelf()
  end
  return self.value
end

function aso:onUpdate()
  return self
end

-- Method: how many reads are left. Asking is not a read.
function aso:left()
  return self.remaining
end

return aso

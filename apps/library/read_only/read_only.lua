-- Read-only: a value that nobody changes and nobody deletes.
--
-- ARG 1, if given, is for how long, in seconds from the put on; without it, for ever. Until then
-- writes, new code and deletes are refused, whoever asks, the owner too.

local seconds = ...

local aso = {}

function aso:onPut()
  if seconds then
    local length = tonumber(seconds)
    if not length or length <= 0 then
      error("ARG 1 is for how many seconds the value stays as it is: over 0", 0)
    end
    self.until_ms = dht.getSystemTime() + math.ceil(length * 1000)
  end
  return self
end

local function is_held(self)
  return not self.until_ms or dht.getSystemTime() < self.until_ms
end

function aso:onUpdate(new)
  return is_held(self) and self or new
end

function aso:onDelete()
  return not is_held(self)
end

-- Method: until when it is held (ms since 1970); nil: for ever.
function aso:held_until()
  return self.until_ms
end

return aso

-- Dynamic value: a text that is filled in when it is read.
--
-- The value is a template. {time} (UTC), {ms} (since 1970), {reads}, {user}, {ip}, {key} and
-- {random N} (1 to N) are replaced; any other text in braces stays as it is. SET takes another
-- template. APPEND, SETRANGE and INCR are of no use here: they read what was filled in and would
-- write that back.

local template_bytes_max = 8192

local aso = { reads = 0 }

local function check(template)
  if type(template) ~= "string" or #template > template_bytes_max then
    error("the template is a VALUE of at most " .. template_bytes_max .. " bytes", 0)
  end
end

function aso:onPut()
  check(self.value)
  return self
end

-- Days since 1970 to a date of the Gregorian calendar, by eras of 400 years of 146,097 days that
-- begin on 1 March.
local function date_of(days)
  days = days + 719468
  local era, day = days // 146097, days % 146097
  local year = (day - day // 1460 + day // 36524 - day // 146096) // 365
  day = day - (365 * year + year // 4 - year // 100)
  local month = (5 * day + 2) // 153
  day = day - (153 * month + 2) // 5 + 1
  month = month < 10 and month + 3 or month - 9
  return era * 400 + year + (month <= 2 and 1 or 0), month, day
end

local function time_text(ms)
  local year, month, day = date_of(ms // 86400000)
  local s = ms // 1000 % 86400
  return string.format("%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, s // 3600,
    s // 60 % 60, s % 60)
end

function aso:onGet(caller)
  self.reads = self.reads + 1
  local now = dht.getSystemTime()
  local words = {
    time = time_text(now), ms = now, reads = self.reads, user = caller.user, ip = caller.ip,
    key = dht.getKey(),
  }
  return (self.value:gsub("{(%l+) ?(%d*)}", function(word, number)
    local most = word == "random" and math.tointeger(tonumber(number))
    if most then
      return most > 0 and tostring(comet.random(most)) or nil
    end
    return number == "" and words[word] or nil
  end))
end

function aso:onUpdate(new)
  if type(new) == "string" then
    check(new)
  end
  return new
end

-- Method: the template as it is.
function aso:template()
  return self.value
end

return aso

-- Reconciliation: copies of one document that are written independently and become the same.
--
-- Each copy is an object with a key of its own (ARG 1: the keys of the others, with commas), so it
-- takes writes while the others are out of reach. A document is a map of fields. Every ARG 2
-- seconds (60 without it) a copy exchanges its fields with each other copy. Of two values of one
-- field the later one stays, by a clock that never runs behind what it has seen; of two of one
-- moment that of the copy with the greater key: so all copies choose alike. A field that is removed
-- is remembered as removed for a week. At most 64 fields, those included. Needs code that may reach
-- other keys.

local others, interval = ...

local fields_max, name_bytes_max, value_bytes_max = 64, 40, 128
local removed_ms, ahead_ms = 7 * 86400000, 3600000
local others_max = 8

local aso = { fields = {}, clock = 0, missed = 0 }

function aso:onPut()
  self.others = {}
  for key in (others or ""):gmatch("[^,]+") do
    self.others[#self.others + 1] = key
  end
  if #self.others < 1 or #self.others > others_max then
    error("ARG 1 names the other copies: 1 to " .. others_max .. " keys, with commas", 0)
  end
  for _, key in ipairs(self.others) do
    if key == dht.getKey() then
      error("ARG 1 names the other copies, not this one", 0)
    end
  end
  local seconds = tonumber(interval or 60)
  if not seconds or seconds < 1 then
    error("ARG 2 is the time between two exchanges in seconds: from 1 on", 0)
  end
  dht.lookup(self.others[1])  -- an error here and now where other keys may not be reached
  dht.setTimer("exchange", { every = seconds, missed = "once" })
  return self
end

local function count(fields)
  local n = 0
  for _ in pairs(fields) do
    n = n + 1
  end
  return n
end

local function write(self, name, value)
  if #name < 1 or #name > name_bytes_max then
    error("the name of a field has 1 to " .. name_bytes_max .. " bytes", 0)
  end
  if not self.fields[name] and count(self.fields) >= fields_max then
    error("the document has " .. fields_max .. " fields, removed ones of a week included", 0)
  end
  self.clock = math.max(self.clock + 1, dht.getSystemTime())
  self.fields[name] = { value = value, time = self.clock, by = dht.getKey() }
end

local function is_later(a, b)
  return not b or a.time > b.time or a.time == b.time and a.by > b.by
end

-- Is it a removed field of which nobody has to know any more?
local function is_forgotten(field, now)
  return field.value == nil and field.time < now - removed_ms
end

-- Takes what is later. A time far ahead of this node's clock would win for long: it is not taken.
local function merge(self, packed)
  local now = dht.getSystemTime()
  for name, field in pairs(comet.unpack(packed)) do
    local known = self.fields[name]
    local fits = known or count(self.fields) < fields_max
    local in_time = field.time <= now + ahead_ms and not is_forgotten(field, now)
    if fits and in_time and is_later(field, known) then
      self.fields[name] = field
      self.clock = math.max(self.clock, field.time)
    end
  end
end

local function forget_removed(self)
  local now = dht.getSystemTime()
  local gone = {}
  for name, field in pairs(self.fields) do
    if is_forgotten(field, now) then
      gone[#gone + 1] = name
    end
  end
  for _, name in ipairs(gone) do
    self.fields[name] = nil
  end
end

-- The answers come in turns of their own: two copies that ask each other do not wait.
function aso:onTimer()
  forget_removed(self)
  local packed = comet.pack(self.fields)
  for _, key in ipairs(self.others) do
    dht.call(key, "exchange", packed, function(theirs)
      if theirs then
        merge(self, theirs)
      else
        self.missed = self.missed + 1
      end
    end)
  end
end

function aso:onGet()
  local document = {}
  for name, field in pairs(self.fields) do
    document[name] = field.value
  end
  return document
end

-- Fields are written, not the document. New code is for the node to allow.
function aso:onUpdate(new)
  return type(new) == "table" and new or self
end

-- Methods.

function aso:set(name, value)
  if not value or #value > value_bytes_max then
    error("a field's value has at most " .. value_bytes_max .. " bytes", 0)
  end
  write(self, name or "", value)
  return true
end

function aso:field(name)
  return self.fields[name] and self.fields[name].value
end

function aso:remove(name)
  local there = self.fields[name] and self.fields[name].value ~= nil
  if there then
    write(self, name, nil)
  end
  return there or false
end

-- For the other copies: takes their fields, gives what this one has then.
function aso:exchange(packed)
  local from = dht.caller().key
  for _, key in ipairs(self.others) do
    if key == from then
      merge(self, packed)
      return comet.pack(self.fields)
    end
  end
  error("only the other copies exchange their fields", 0)
end

-- How many exchanges failed.
function aso:misses()
  return self.missed
end

return aso

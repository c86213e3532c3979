-- Hierarchical publish and subscribe: a tree of objects that brings updates to many readers.
--
-- The root is NAME, its relays are NAME/d, NAME/d/e ... with hexadecimal digits, all with this
-- script; each relay is put after the one above it. A reader who gets the root with a callback key
-- is handed down, digit by digit along the id of the node he asked, to the last relay there is, so
-- readers of one part of the overlay share a relay. SET at the root goes down the tree, and each
-- new value is put to all callback keys until their lease ends (ARG 1: seconds, 3600 without it); a
-- get renews it. Needs code that may reach other keys, because callback keys are handed on.
--
-- A relay serves 200 readers and 16 relays. What did not get through is not repeated, but the next
-- update is, and a relay asks the one above it every 5 minutes for what it missed.

local lease = ...

local readers_max, key_bytes_max = 200, 64
local puts_per_turn, sent_per_minute = 20, 180
local minute_ms, sync_every = 60000, 300
local digits = "0123456789abcdef"

-- `readers` are callback keys; the lease of each ends (ms since 1970) as `ends` says.
local aso = { version = 0, relays = {}, readers = {}, ends = {}, next = 1, minute = 0, sent = 0 }

local function above()
  return dht.getKey():match("^(.+)/[0-9a-f]$")
end

-- How many levels this object is below the root.
local function depth()
  local key, levels = above(), 0
  while key do
    key, levels = key:match("^(.+)/[0-9a-f]$"), levels + 1
  end
  return levels
end

-- Messages that this minute still has room for.
local function room(self)
  local now = dht.getSystemTime()
  if now - self.minute >= minute_ms then
    self.minute, self.sent = now, 0
  end
  return sent_per_minute - self.sent
end

-- Goes on by timer: at once, or in the next minute when this one is used up.
local function go_on(self, name)
  local rest = room(self) > 0 and 0 or self.minute + minute_ms - dht.getSystemTime()
  dht.setTimer(name, { after = rest / 1000 })
end

-- The root has none above it, so nothing comes to it from there; a client has no key either.
local function check_from(key)
  if not key or dht.caller().key ~= key then
    error("only the objects of the tree call this", 0)
  end
end

-- Tells readers from `next` on; a timer goes on with the others.
local function tell_readers(self)
  local last = math.min(#self.readers, self.next - 1 + math.min(puts_per_turn, room(self)))
  for i = self.next, last do
    dht.put(self.readers[i], self.value, function(copies, message)
      if not copies then
        comet.log(message)
      end
    end)
  end
  self.sent = self.sent + math.max(last - self.next + 1, 0)
  self.next = last + 1
  if self.next <= #self.readers then
    go_on(self, "tell")
  end
end

local function drop_ended(self)
  local now, readers, ends, next_one = dht.getSystemTime(), {}, {}, self.next
  for i, key in ipairs(self.readers) do
    if self.ends[i] > now then
      readers[#readers + 1], ends[#ends + 1] = key, self.ends[i]
    elseif i < self.next then
      next_one = next_one - 1
    end
  end
  self.readers, self.ends, self.next = readers, ends, next_one
end

-- The value goes to the relays in this turn, to the readers in turns that follow. When the minute
-- is used up both wait for the next one, and then the value of that moment goes out.
local function spread(self)
  drop_ended(self)
  self.next = 1
  if room(self) < #digits then
    self.sent = sent_per_minute
    return go_on(self, "spread")
  end
  for d = 1, #digits do
    local digit = digits:sub(d, d)
    if self.relays[digit] then
      self.sent = self.sent + 1
      dht.call(dht.getKey() .. "/" .. digit, "deliver", self.version, self.value, function(taken)
        if not taken then
          self.relays[digit] = nil  -- it is gone or cut off; it asks to be adopted when it is back
        end
      end)
    end
  end
  go_on(self, "tell")
end

-- Takes what the object above has when it is newer.
local function take(self, version, value)
  if version > self.version then
    self.version, self.value = version, value
    spread(self)
  end
end

function aso:onPut()
  self.lease_ms = (tonumber(lease or 3600) or 0) * 1000
  if self.lease_ms <= 0 then
    error("ARG 1 is the lease of a reader in seconds: over 0", 0)
  end
  if above() then
    local latest, message = dht.call(above(), "adopt")
    if not latest then
      error("put " .. above() .. " first: " .. tostring(message), 0)
    end
    self.version, self.value = latest.version, latest.value
    dht.setTimer("sync", { every = sync_every, missed = "once" })
  end
  return self
end

-- Hands the reader down, or keeps him here. Gives the key of the object that serves him.
local function place(self, callback, node)
  local digit = node:sub(depth() + 1, depth() + 1)
  if self.relays[digit] then
    local served, message = dht.call(dht.getKey() .. "/" .. digit, "place", callback, node)
    if served then
      return served
    end
    comet.log(digit, message)
  end
  local ends = dht.getSystemTime() + self.lease_ms
  for i, key in ipairs(self.readers) do
    if key == callback then
      self.ends[i] = ends
      return dht.getKey()
    end
  end
  if #self.readers >= readers_max then
    drop_ended(self)
  end
  if #self.readers >= readers_max then
    error(dht.getKey() .. " serves " .. readers_max .. " readers; put a relay at " ..
      dht.getKey() .. "/" .. digit, 0)
  end
  local last = #self.readers + 1
  self.readers[last], self.ends[last] = callback, ends
  return dht.getKey()
end

function aso:onGet(caller, callback)
  if not callback then
    return self.value
  end
  if above() then
    error("subscribe at the root of the tree", 0)
  end
  if #callback > key_bytes_max then
    error("a callback key has at most " .. key_bytes_max .. " bytes here", 0)
  end
  return place(self, callback, caller.node)
end

function aso:onUpdate(new)
  if type(new) == "table" then
    return new
  end
  if above() then
    return self
  end
  self.version, self.value = self.version + 1, new
  spread(self)
  return new
end

function aso:onTimer(name)
  if name == "tell" then
    tell_readers(self)
  elseif name == "spread" then
    spread(self)
  else
    -- Not to be waited for: the object above may be waiting for this one just then.
    dht.call(above(), "adopt", function(latest)
      if latest then
        take(self, latest.version, latest.value)
      end
    end)
  end
end

-- Methods, for the objects of the tree.

function aso:adopt()
  local digit = (dht.caller().key or ""):match("/([0-9a-f])$")
  check_from(digit and dht.getKey() .. "/" .. digit)
  self.relays[digit] = true
  return { version = self.version, value = self.value }
end

function aso:place(callback, node)
  check_from(above())
  return place(self, callback, node)
end

function aso:deliver(version, value)
  check_from(above())
  take(self, math.tointeger(tonumber(version)), value)
  return true
end

-- Method, for all: whom this object serves.
function aso:serves()
  local relays = {}
  for d = 1, #digits do
    if self.relays[digits:sub(d, d)] then
      relays[#relays + 1] = digits:sub(d, d)
    end
  end
  return { readers = #self.readers, relays = relays }
end

return aso

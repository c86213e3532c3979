-- Smart rendezvous: a tracker that brings peers together that are near to each other.
--
-- A peer gets with its network coordinate as payload, "x y height [port]" in milliseconds (Vivaldi:
-- the distance of two peers in the plane plus both heights foretells their round trip), and is
-- answered with the addresses of the nearest peers, the nearest first. It is known from then on, by
-- the address that it comes from, for ARG 1 seconds (1800 without it). A get without a payload is
-- answered with peers by chance. ARG 2 is how many (8 without it, at most 20). At most 200 peers
-- are known; who announces himself then takes the place of the one heard longest ago.

local seconds, answered = ...

local peers_max = 200
local furthest = 1e5  -- ms: what lies beyond is no coordinate

local aso = { x = {}, y = {}, height = {}, seen = {}, address = {} }

function aso:onPut()
  self.ttl = (tonumber(seconds or 1800) or 0) * 1000
  if self.ttl <= 0 then
    error("ARG 1 is for how many seconds a peer is known: over 0", 0)
  end
  self.answered = math.tointeger(tonumber(answered or 8))
  if not self.answered or self.answered < 1 or self.answered > 20 then
    error("ARG 2 is how many peers are answered: 1 to 20", 0)
  end
  return self
end

local function read_coordinate(payload)
  local x, y, height, port = payload:match("^(%S+) (%S+) (%S+) ?(%d*)$")
  x, y, height = tonumber(x), tonumber(y), tonumber(height)
  local valid = x and y and height and math.abs(x) <= furthest and math.abs(y) <= furthest
    and height >= 0 and height <= furthest
  if not valid or #port > 5 then
    error("the payload is a coordinate: x y height [port], in milliseconds", 0)
  end
  return x, y, height, port
end

-- Where this peer stands in the lists, or where it is to stand.
local function place_of(self, address)
  local oldest = 1
  for i = 1, #self.address do
    if self.address[i] == address then
      return i
    end
    if self.seen[i] < self.seen[oldest] then
      oldest = i
    end
  end
  return #self.address < peers_max and #self.address + 1 or oldest
end

-- The living peers by their distances, without the one at `own`. Of a few that are best so far the
-- list is kept in order, so one pass is enough.
local function nearest(self, x, y, height, own, since)
  local found, distances = {}, {}
  local xs, ys, heights, seen = self.x, self.y, self.height, self.seen
  for i = 1, #xs do
    if i ~= own and seen[i] >= since then
      local dx, dy = xs[i] - x, ys[i] - y
      local distance = (dx * dx + dy * dy) ^ 0.5 + height + heights[i]
      local place = #found + 1
      if place <= self.answered or distance < distances[self.answered] then
        place = math.min(place, self.answered)
        while place > 1 and distances[place - 1] > distance do
          found[place], distances[place] = found[place - 1], distances[place - 1]
          place = place - 1
        end
        found[place], distances[place] = self.address[i], distance
      end
    end
  end
  return found
end

local function by_chance(self, since)
  local alive = {}
  for i = 1, #self.address do
    if self.seen[i] >= since then
      alive[#alive + 1] = self.address[i]
    end
  end
  for i = 1, math.min(self.answered, #alive) do
    local other = comet.random(i, #alive)
    alive[i], alive[other] = alive[other], alive[i]
  end
  return table.move(alive, 1, math.min(self.answered, #alive), 1, {})
end

function aso:onGet(caller, _, payload)
  local now = dht.getSystemTime()
  local since = now - self.ttl
  if not payload then
    return by_chance(self, since)
  end
  local x, y, height, port = read_coordinate(payload)
  local address = caller.ip .. ":" .. (port ~= "" and port or caller.port)
  local own = place_of(self, address)
  self.address[own], self.seen[own] = address, now
  self.x[own], self.y[own], self.height[own] = x, y, height
  return nearest(self, x, y, height, own, since)
end

-- There is no value to write. New code is for the node to allow.
function aso:onUpdate(new)
  return type(new) == "table" and new or self
end

-- Method: how many peers are known and were heard within the time.
function aso:peers()
  local alive, since = 0, dht.getSystemTime() - self.ttl
  for i = 1, #self.seen do
    if self.seen[i] >= since then
      alive = alive + 1
    end
  end
  return alive
end

return aso

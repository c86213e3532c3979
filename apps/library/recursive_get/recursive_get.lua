-- Recursive get: objects that pass a get on to each other and bring the value back.
--
-- The objects NAME/1 to NAME/N (ARG 1 is N, 2 to 256) are the relays. A relay knows those 1, 2, 4,
-- 8 ... places further on, as fingers; it passes a get on to the one whose id is nearest to the id
-- of the key, if that is nearer than its own, and the nearest of all gets the value. Each step is
-- nearer than the last, so no way comes back to where it was. The value returns along the way.
-- ASO.GET with the key as payload. Needs code that may reach other keys.

local count = ...

local tries_max = 4

local aso = {}

function aso:onPut()
  local base, place = dht.getKey():match("^(.+)/(%d+)$")
  self.count = math.tointeger(tonumber(count))
  if not self.count or self.count < 2 or self.count > 256 then
    error("ARG 1 is the number of relays: 2 to 256", 0)
  end
  self.base, self.place = base, math.tointeger(tonumber(place))
  if not self.place or self.place < 1 or self.place > self.count then
    error("the key of a relay is NAME/1 to NAME/" .. self.count, 0)
  end
  return self
end

-- The first 60 bits of a key's place in the overlay.
local function id_of(key)
  return tonumber(comet.sha256(key):sub(1, 15), 16)
end

-- The relays known here that are nearer to the target than this one, the nearest first.
local function nearer(self, target)
  local own = id_of(dht.getKey()) ~ target
  local found = {}
  local step = 1
  while step < self.count do
    local relay = self.base .. "/" .. ((self.place - 1 + step) % self.count + 1)
    local distance = id_of(relay) ~ target
    if distance < own then
      found[#found + 1] = { distance, relay }
    end
    step = step * 2
  end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  return found
end

-- Methods: the value of a key, with the relays that it came through, the first one first.
function aso:walk(key)
  local relays = nearer(self, id_of(key))
  for i = 1, math.min(#relays, tries_max) do
    local found, message = dht.call(relays[i][2], "walk", key)
    if found then
      table.insert(found.path, 1, dht.getKey())
      return found
    end
    comet.log(relays[i][2], message)  -- it is gone or cut off: the next nearest, or this one
  end
  local value, nodes = dht.get(key)
  if type(nodes) == "string" then
    error(key .. " cannot be read: " .. nodes, 0)
  end
  return { value = value, path = { dht.getKey() } }
end

function aso:onGet(_, _, key)
  if not key then
    error("name the key to get: ASO.GET relay PAYLOAD key", 0)
  end
  return self:walk(key).value
end

return aso

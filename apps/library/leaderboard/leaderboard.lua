-- Leaderboard: players in the order of their scores.
--
-- ARG 1 is what counts of several scores of a player: best (default), last or sum. The best 250
-- players are kept; who falls off the end is forgotten, and a lower score does not get in. Among
-- equal scores the one that was there first is before.

local counts = ...
local players_max, name_max, shown_max = 250, 32, 100

-- `order` has the names, best first; `scores` and `since` what they are ordered by.
local aso = { order = {}, scores = {}, since = {}, changes = 0 }

local kinds = {
  best = function(old, new) return math.max(old, new) end,
  last = function(_, new) return new end,
  sum = function(old, new) return old + new end,
}

function aso:onPut()
  self.kind = counts or "best"
  if not kinds[self.kind] then
    error("ARG 1 is what counts: best, last or sum", 0)
  end
  return self
end

-- The place that a score gets which is younger than all equal ones (`since` nil), or has.
local function place_of(self, score, since)
  local order, scores, sinces = self.order, self.scores, self.since
  local low, high = 1, #order + 1
  while low < high do
    local middle = (low + high) // 2
    local other = scores[order[middle]]
    if other > score or other == score and (not since or sinces[order[middle]] < since) then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

local function take_out(self, name)
  table.remove(self.order, place_of(self, self.scores[name], self.since[name]))
  self.scores[name], self.since[name] = nil, nil
end

-- Methods: a score of a player; his place after it, or nil when it is not among those kept.
function aso:submit(name, text)
  local score = tonumber(text)
  if not name or name == "" or #name > name_max then
    error("a name of 1 to " .. name_max .. " bytes, and a score", 0)
  end
  if not score or score ~= score or math.abs(score) > 1e15 then
    error("a score is a number up to 1e15", 0)
  end
  local old = self.scores[name]
  if old then
    score = kinds[self.kind](old, score)
    if score == old then
      return place_of(self, old, self.since[name])
    end
    take_out(self, name)
  end
  local place = place_of(self, score)
  if place > players_max then
    return nil
  end
  if #self.order >= players_max then
    take_out(self, self.order[#self.order])
  end
  self.changes = self.changes + 1
  table.insert(self.order, place, name)
  self.scores[name], self.since[name] = score, self.changes
  return place
end

local function rows(self, first, last)
  local found = {}
  for place = math.max(first, 1), math.min(last, #self.order) do
    local name = self.order[place]
    found[#found + 1] = { place = place, name = name, score = self.scores[name] }
  end
  return found
end

local function number_of_rows(text)
  local n = math.tointeger(text or 10)
  if not n or n < 1 or n > shown_max then
    error("how many: 1 to " .. shown_max, 0)
  end
  return n
end

function aso:top(count)
  return rows(self, 1, number_of_rows(count))
end

function aso:rank(name)
  local score = self.scores[name]
  return score and place_of(self, score, self.since[name])
end

-- The player with as many above and below as asked for; nil when there is no such player.
function aso:around(name, count)
  local place = self:rank(name)
  local n = math.min(number_of_rows(count or 2), shown_max // 2)
  return place and rows(self, place - n, place + n)
end

function aso:remove(name)
  if not self.scores[name] then
    return false
  end
  take_out(self, name)
  return true
end

-- A read: the name of the best. Writes are refused.
function aso:onGet()
  return self.order[1]
end

function aso:onUpdate()
  return self
end

return aso

-- Ten ordinary handlers for bench/fuel_cost.py. Each row makes an object whose onGet is called
-- `calls` times a batch (some 5 ms); what the last call returns has to be the same in each build.

local function counter()
  local aso = { reads = 0 }
  function aso:onGet()
    self.reads = self.reads + 1
    return self.reads
  end
  return aso
end

local function access_log()
  local aso = { value = "the deed", reads = 0, log = {} }
  function aso:onGet(caller)
    self.reads = self.reads + 1
    self.log[(self.reads - 1) % 64 + 1] = { caller.ip, caller.port, self.reads }
    return self.value
  end
  return aso
end

local function formatting()
  local aso = { name = "sensor-7", reads = 0 }
  function aso:onGet(caller)
    self.reads = self.reads + 1
    local line = string.format("%s read %d times, %.2f%% of quota", self.name, self.reads,
                               self.reads % 100 / 3)
    return line .. " by " .. caller.ip .. ":" .. caller.port
  end
  return aso
end

local function iteration()
  local aso = { stock = {}, prices = {} }
  for i = 1, 50 do
    aso.stock["item" .. i] = i
    aso.prices[i] = i * 3
  end
  function aso:onGet()
    local sum = 0
    for _, count in pairs(self.stock) do
      if count > 10 then sum = sum + count end
    end
    for i, price in ipairs(self.prices) do
      sum = sum + i * price
    end
    return sum
  end
  return aso
end

local function json()
  local function encoded(value)
    if type(value) == "string" then return '"' .. value:gsub('[\\"]', "\\%0") .. '"' end
    if type(value) ~= "table" then return tostring(value) end
    local parts = {}
    if #value > 0 then
      for i = 1, #value do parts[i] = encoded(value[i]) end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    local names = {}
    for name in pairs(value) do names[#names + 1] = name end
    table.sort(names)
    for i, name in ipairs(names) do parts[i] = encoded(name) .. ":" .. encoded(value[name]) end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  local aso = {
    profile = {
      name = 'Ada "the first"', born = 1815, active = true, tags = { "math", "engine", "notes" },
      address = { city = "London", street = "St James's Square", number = 12 },
    },
  }
  function aso:onGet() return encoded(self.profile) end
  return aso
end

local function patterns()
  local aso = { text = ("The quick brown fox, 42 years old, jumps over user@example.org; "):rep(3) }
  function aso:onGet()
    local words = 0
    for _ in self.text:gmatch("%a+") do words = words + 1 end
    local masked, count = self.text:gsub("(%w+)@(%w+)%.org", "%1 at %2")
    local number = self.text:match("(%d+) years")
    return words .. ":" .. count .. ":" .. number .. ":" .. #masked
  end
  return aso
end

local function sorting()
  local aso = { scores = {} }
  local seed = 42
  for i = 1, 100 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    aso.scores[i] = seed % 10000
  end
  function aso:onGet()
    local ranked = table.move(self.scores, 1, #self.scores, 1, {})
    table.sort(ranked)
    return ranked[1] .. "-" .. ranked[50] .. "-" .. ranked[100]
  end
  return aso
end

local function arithmetic()
  local aso = { seed = 1 }
  function aso:onGet()
    local x, odd = self.seed, 0
    for i = 1, 1000 do
      x = (x * 1664525 + 1013904223 + i) & 0xffffffff
      if x % 2 == 1 then odd = odd + 1 else odd = odd ~ 1 end
    end
    return odd + x / 2
  end
  return aso
end

local function objects()
  local account = {}
  account.__index = account
  function account.new(limit)
    local spent = 0
    local made = setmetatable({ balance = 100 }, account)
    made.within = function(amount)
      spent = spent + amount
      return spent <= limit
    end
    return made
  end
  function account:deposit(amount)
    self.balance = self.balance + amount
    return self
  end
  function account:withdraw(amount)
    if not self.within(amount) then return false end
    self.balance = self.balance - amount
    return true
  end
  local aso = { served = 0 }
  function aso:onGet()
    local one = account.new(50)
    local done = 0
    for i = 1, 20 do
      if one:deposit(i):withdraw(i // 2) then done = done + 1 end
    end
    self.served = done
    return one.balance
  end
  return aso
end

local function parsing()
  local aso = { line = "id=4711;name=blue door;open=no;rooms=3,5,8,13;owner=ada;since=1843;" }
  function aso:onGet()
    local line, at, fields, digits = self.line, 1, {}, 0
    while at <= #line do
      local equals = line:find("=", at, true)
      local stop = line:find(";", equals, true)
      fields[line:sub(at, equals - 1)] = line:sub(equals + 1, stop - 1)
      at = stop + 1
    end
    for i = 1, #line do
      local byte = line:byte(i)
      if byte >= 48 and byte <= 57 then digits = digits + 1 end
    end
    return fields.name .. ":" .. fields.rooms .. ":" .. tonumber(fields.id) + digits
  end
  return aso
end

return {
  { name = "counter", make = counter, calls = 100000 },
  { name = "access log, a ring of 64", make = access_log, calls = 30000 },
  { name = "string.format", make = formatting, calls = 6250 },
  { name = "pairs, ipairs over 50", make = iteration, calls = 3750 },
  { name = "JSON of a nested table", make = json, calls = 1000 },
  { name = "gmatch, gsub, match", make = patterns, calls = 1000 },
  { name = "sort of 100", make = sorting, calls = 500 },
  { name = "arithmetic, 1,000 rounds", make = arithmetic, calls = 625 },
  { name = "closures, methods", make = objects, calls = 2000 },
  { name = "parsing of 70 bytes", make = parsing, calls = 2500 },
}

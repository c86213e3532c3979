-- Replication: a value that chooses how many copies of it there are.
--
-- ARG 1 is the number of copies; ARG 2, if given, every how many seconds the disks that hold them
-- are compared and put right. The node's policy has the last word (replicas-max,
-- replicas-interval-min): what it does not allow is an error, and nothing is stored.

local copies, interval = ...

local aso = {}

local function ask(count, seconds)
  local wanted = math.tointeger(tonumber(count))
  if not wanted or wanted < 1 then
    error("the number of copies is a whole number from 1 on", 0)
  end
  local pause = tonumber(seconds)
  if seconds and not pause then
    error("the time between two comparisons is a number of seconds", 0)
  end
  dht.replicas({ count = wanted, interval = pause })
end

function aso:onPut(caller)
  ask(copies, interval)
  self.owner = caller.user
  return self
end

-- Methods: change what was asked for (who put the object); which nodes keep it, the first of them
-- the one where it runs.
function aso:replicate(count, seconds)
  if dht.caller().user ~= self.owner then
    error("only who put this value says how many copies there are", 0)
  end
  ask(count, seconds)
  return true
end

function aso:nodes()
  return (dht.replicas())
end

return aso

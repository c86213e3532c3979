-- A log line made of log lines.
-- ends: fuel
local t = setmetatable({}, {})
getmetatable(t).__tostring = function() comet.log(t) return 'x' end
while true do pcall(comet.log, t) end

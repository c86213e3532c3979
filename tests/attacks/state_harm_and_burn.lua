-- A state changed again and again until the kill.
-- ends: fuel
while true do self.value = 'harmed' self.turns = -1 end

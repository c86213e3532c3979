-- Publications without end.
-- ends: messages
while true do comet.publish('channel', 'x') end

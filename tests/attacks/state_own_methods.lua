-- Methods replaced in the hope that they stay.
-- ends: error
self.look = function() return 'hijacked' end
error('on purpose')

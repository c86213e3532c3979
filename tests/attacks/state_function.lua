-- A function among the data.
-- ends: state
self.list = { 1, 2, { notify = function() end } }

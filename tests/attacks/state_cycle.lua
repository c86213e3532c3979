-- A state with a cycle.
-- ends: state
self.me = self

-- A call of nothing.
-- ends: error
return self.absent()

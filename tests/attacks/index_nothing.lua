-- An index of nothing.
-- ends: error
return self.absent.field

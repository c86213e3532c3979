-- Arithmetic on text that is no number.
-- ends: error
return self.value + 1

-- A state emptied before the failure.
-- ends: error
for k in pairs(self) do if k ~= 'strike' then self[k] = nil end end
error('on purpose')

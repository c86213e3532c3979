-- A list that fills memory, is dropped and filled again.
-- ends: memory
while true do
  pcall(function() local h while true do h = { h } end end)
end

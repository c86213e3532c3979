-- A name that a library might find and call.
-- ends: returns
_G.tostring = function() while true do end end
string.format = tostring
comet.log('x')
return 'logged'

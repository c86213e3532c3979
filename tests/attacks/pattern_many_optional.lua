-- A thousand optional items over a text that ends too soon.
-- ends: error
return string.find(('x'):rep(3000), ('x?'):rep(1000))

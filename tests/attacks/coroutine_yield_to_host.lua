-- A handler that yields to whoever called it.
-- ends: error
coroutine.yield('out')

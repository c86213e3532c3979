-- Bytecode behind a first line that is skipped.
-- as: source
-- ends: error
return '#!/bin/lua\n\27Lua\x54\0\x19\x93\r\n\x1a\n' .. ('\0'):rep(100)

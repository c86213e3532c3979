-- Bytecode in place of text.
-- as: source
-- ends: error
return '\27Lua\x54\0\x19\x93\r\n\x1a\n' .. ('\0'):rep(100)

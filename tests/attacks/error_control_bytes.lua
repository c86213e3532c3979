-- A message of bytes that would break a protocol's line.
-- ends: error
error('-ERR\r\n$5\r\n\0\1\2\255hello\r\n')

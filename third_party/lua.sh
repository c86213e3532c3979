# Sourced by dev: unpacks Lua 5.4.9 and applies the project's patch; CMake compiles it (lua.cmake).

lua_archive=lua5.4_5.4.9.orig.tar.gz
lua_patch="$root/third_party/lua/fuel.patch"

lua_source_of() {
  local key
  key=$({
    archive_sha256 "$lua_archive"
    [ ! -e "$lua_patch" ] || cat "$lua_patch"
  } | short_hash)
  echo "$cache/lua-5.4.9-$key"
}

unpack_lua_unlocked() {
  local source=$1 archive work
  [ -e "$source/src/lua.h" ] && return 0
  archive=$(obtain_archive "$lua_archive")
  work=$(mktemp -d "$cache/lua-source.XXXXXX")
  tar -xzf "$archive" -C "$work" --strip-components=1
  if [ -e "$lua_patch" ]; then
    patch -s -p1 -d "$work" <"$lua_patch" || die "$lua_patch does not apply"
  fi
  chmod 755 "$work"
  mv "$work" "$source"
}

# Prints the directory of the patched source.
lua_source() {
  local source
  source=$(lua_source_of)
  [ -e "$source/src/lua.h" ] || locked lua unpack_lua_unlocked "$source" || exit 1
  echo "$source"
}

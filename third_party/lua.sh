# Sourced by dev: unpacks Lua 5.4.9 and applies the project's patch; CMake compiles it
# (third_party/lua/CMakeLists.txt). The source as released serves only as the other side of
# bench/fuel_cost.py.

lua_archive=lua5.4_5.4.9.orig.tar.gz
lua_patch="$root/third_party/lua/fuel.patch"

# lua_source_of [PATCH...]
lua_source_of() {
  local key
  key=$({
    archive_sha256 "$lua_archive"
    cat /dev/null "$@"
  } | short_hash)
  echo "$cache/lua-5.4.9-$key"
}

# unpack_lua_unlocked DIRECTORY [PATCH...]
unpack_lua_unlocked() {
  local source=$1 archive work patch
  shift
  [ -e "$source/src/lua.h" ] && return 0
  archive=$(obtain_archive "$lua_archive")
  work=$(mktemp -d "$cache/lua-source.XXXXXX")
  tar -xzf "$archive" -C "$work" --strip-components=1
  for patch in "$@"; do
    patch -s -p1 -d "$work" <"$patch" || die "$patch does not apply"
  done
  chmod 755 "$work"
  mv "$work" "$source"
}

# Prints the directory of the source with the patches given.
unpacked_lua() {
  local source
  source=$(lua_source_of "$@")
  [ -e "$source/src/lua.h" ] || locked lua unpack_lua_unlocked "$source" "$@" || exit 1
  echo "$source"
}

lua_source() { unpacked_lua "$lua_patch"; }
released_lua_source() { unpacked_lua; }

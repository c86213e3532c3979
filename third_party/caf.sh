# Sourced by dev: builds CAF 0.18.7 once, as a static library (2 minutes on 2 cores).

caf_archive=actor-framework_0.18.7.orig.tar.gz
caf_options=(
  -DBUILD_SHARED_LIBS=OFF
  -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_CXX_STANDARD=17
  -DCMAKE_POSITION_INDEPENDENT_CODE=ON
  -DCAF_LOG_LEVEL=QUIET
  -DCAF_ENABLE_EXCEPTIONS=ON
  -DCAF_ENABLE_IO_MODULE=ON
  -DCAF_ENABLE_OPENSSL_MODULE=OFF
  -DCAF_ENABLE_TESTING=OFF
  -DCAF_ENABLE_EXAMPLES=OFF
  -DCAF_ENABLE_TOOLS=OFF
)

# Flags of a variant: plain, or tsan, because ThreadSanitizer must see CAF's atomics.
caf_flags() {
  case $1 in
    plain) echo "-O3 -march=x86-64-v2 -g0 -DNDEBUG" ;;
    tsan) echo "-O1 -march=x86-64-v2 -g -fsanitize=thread -DNDEBUG" ;;
  esac
}

caf_prefix_of() {
  local key
  key=$({
    archive_sha256 "$caf_archive"
    printf '%s\n' "${caf_options[@]}" "$(caf_flags "$1")"
    g++ -dumpfullversion -dumpmachine
  } | short_hash)
  echo "$cache/caf-0.18.7-$1-$key"
}

build_caf_unlocked() {
  local variant=$1 prefix=$2 archive work
  [ -e "$prefix/lib/libcaf_io.a" ] && return 0
  archive=$(obtain_archive "$caf_archive")
  say "building CAF 0.18.7 ($variant); this happens once"
  work=$(mktemp -d "$cache/caf-build.XXXXXX")
  mkdir "$work/source"
  tar -xzf "$archive" -C "$work/source" --strip-components=1
  if ! {
    cmake -S "$work/source" -B "$work/build" -G Ninja "${caf_options[@]}" \
      -DCMAKE_CXX_FLAGS_RELEASE="$(caf_flags "$variant")" \
      -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib &&
      cmake --build "$work/build" &&
      DESTDIR="$work/install" cmake --install "$work/build"
  } >"$cache/caf-build.log" 2>&1; then
    tail -n 40 "$cache/caf-build.log" >&2
    rm -rf "$work"
    die "CAF did not build; the whole log is $cache/caf-build.log"
  fi
  mv "$work/install$prefix" "$prefix"
  rm -rf "$work"
}

# Prints the prefix of CAF in the given variant, built if need be.
caf_prefix() {
  local prefix
  prefix=$(caf_prefix_of "$1")
  [ -e "$prefix/lib/libcaf_io.a" ] || locked caf build_caf_unlocked "$1" "$prefix" || exit 1
  echo "$prefix"
}

# Sourced by dev: what the scripts of this folder share. Needs $root (the repository).
#
# Everything that is fetched or built for the project and not by CMake lives in one cache outside
# the tree. A result's directory is named by a hash of all that went into it, so nothing is ever
# rebuilt in place and two checkouts share one cache. Removing the cache is always safe.

cache="${COMET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/comet}"
apt_dir="$cache/apt"

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n "$@"
  else
    die "root is needed for: $* (run it as root, or install sudo)"
  fi
}
short_hash() { sha256sum | cut -c1-16; }
has_sha256() { [ "$(sha256sum "$1" 2>/dev/null | cut -d' ' -f1)" = "$2" ]; }

# Runs the function $2.. once at a time over all shells that share the cache.
locked() {
  local name=$1
  shift
  mkdir -p "$cache"
  (
    flock 9
    "$@"
  ) 9>"$cache/$name.lock"
}

# Sourced by dev: the clients of tests/system/node, as its lockfile pins them.

install_node_modules() {
  local directory="$root/tests/system/node"
  [ -e "$directory/package-lock.json" ] || return 0
  [ "$directory/node_modules/.package-lock.json" -nt "$directory/package-lock.json" ] && return 0
  if ! command -v npm >/dev/null; then
    say "installing npm"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install npm
  fi
  say "installing the Node clients of the system tests"
  (cd "$directory" && npm ci --no-audit --no-fund --loglevel=error >&2)
  touch "$directory/node_modules/.package-lock.json"
}

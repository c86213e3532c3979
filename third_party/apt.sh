# Sourced by dev: Debian packages, from the suites the system has and from some that it has not.
#
# Other suites are reached through a private apt configuration: own sources list, own lists, own
# cache. The system's apt never learns of them. The mirror is the one apt uses already.

# apt-get against the private configuration.
private_apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$apt_dir/lists" -o Dir::Cache="$apt_dir/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

# The address of the mirror in apt's own configuration; apt knows it once it has lists.
mirror_address() {
  apt-get indextargets --format '$(RELEASE) $(SITE)' 'Created-By: Packages' |
    sed -nE 's/^(bookworm|stable|oldstable) //p' | sed -n 1p
}

# Fetches the lists of the given sources.list lines; @ stands for the mirror's address.
private_apt_update() {
  local mirror
  mirror=$(mirror_address)
  if [ -z "$mirror" ]; then
    as_root apt-get -qq update
    mirror=$(mirror_address)
  fi
  [ -n "$mirror" ] || return 1
  mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial"
  printf '%s\n' "$@" | sed "s|@|$mirror|" >"$apt_dir/sources.list"
  private_apt update
}

installed() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'; }

# The packages of a group of packages.txt that are not on the machine; one dpkg-query for all.
missing_packages() {
  local wanted
  wanted=$(awk -v group="$1" '$1 == group { print $2 }' "$root/third_party/packages.txt" | sort)
  comm -23 <(echo "$wanted") <(
    # shellcheck disable=SC2086
    dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' $wanted 2>/dev/null |
      sed -n 's/^ii //p' | sort
  )
}

# Runs a command that installs packages whose services are not to start: only their programs are
# needed. Debian asks policy-rc.d; one that is there already stays in charge.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 0755 "$policy"
  fi
  "$@"
)

install_packages() {
  local missing
  missing=$(missing_packages "$1" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  say "installing for $1: $missing"
  as_root apt-get -qq update
  # shellcheck disable=SC2086
  without_services as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -y --no-install-recommends install $missing
}

has_catch2() {
  local version
  version=$(dpkg-query -W -f '${Version}' libcatch2-dev 2>/dev/null) &&
    dpkg --compare-versions "$version" ge 3.4
}

# Catch2 v3 is in bookworm-backports (libcatch2-dev holds the library, catch2 the CMake files).
install_catch2() {
  has_catch2 && return 0
  say "installing Catch2 v3 from bookworm-backports"
  local debs="$cache/debs"
  rm -rf "$debs" && mkdir -p "$debs"
  private_apt_update 'deb @ bookworm-backports main'
  (cd "$debs" && private_apt download libcatch2-dev catch2)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install "$debs"/*.deb
  has_catch2 || die "Catch2 is still older than 3.4; install libcatch2-dev 3.7.1 by hand"
}

# A CAF from Debian is 0.17: its headers in /usr/include would shadow ours.
refuse_libcaf() {
  if installed libcaf-dev; then
    die "libcaf-dev is installed and would shadow CAF 0.18.7; run: apt-get remove libcaf-dev"
  fi
}

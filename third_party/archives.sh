# Sourced by dev: obtains the archives of archives.txt by their SHA-256.
#
# Places in order: the cache, the Debian package mirror, the upstream release, COMET_DEPS_DIR (a
# folder that holds the files). Wherever the bytes come from, the hash decides.

archive_row() { grep "^$1 " "$root/third_party/archives.txt" || die "no archive $1"; }
archive_sha256() { archive_row "$1" | cut -d' ' -f3; }

from_mirror() {
  local package=$2 suite
  for suite in experimental forky sid; do
    private_apt_update "deb-src @ $suite main" || continue
    (cd "$work" && private_apt source --tar-only --download-only "$package") || continue
    has_sha256 "$work/$1" "$3" && return 0
  done
  return 1
}
from_upstream() { curl -fsSL --connect-timeout 10 --max-time 300 -o "$work/$1" "$4"; }
from_folder() { [ -n "${COMET_DEPS_DIR:-}" ] && cp "$COMET_DEPS_DIR/$1" "$work/$1"; }

obtain_archive_unlocked() {
  local row place work
  read -r -a row < <(archive_row "$1")
  has_sha256 "$cache/archives/$1" "${row[2]}" && return 0
  mkdir -p "$cache/archives"
  work=$(mktemp -d "$cache/archives/fetch.XXXXXX")
  for place in from_mirror from_upstream from_folder; do
    say "obtaining $1 ($place)"
    "$place" "${row[@]}" >"$cache/$1.log" 2>&1 || continue
    has_sha256 "$work/$1" "${row[2]}" || continue
    mv "$work/$1" "$cache/archives/$1"
    rm -rf "$work"
    return 0
  done
  rm -rf "$work"
  die "could not obtain $1 with SHA-256 ${row[2]}: put it into a folder and set COMET_DEPS_DIR"
}

# Prints the path of the archive $1, which is whole and verified.
obtain_archive() {
  locked archives obtain_archive_unlocked "$1" || exit 1
  echo "$cache/archives/$1"
}

#!/usr/bin/env bash
# Fills in the digests of the core add-ons' table: scripts/node/addons/charts.tsv.
set -euo pipefail

HERE=$(dirname "$(readlink -f "$0")")
TABLE=$HERE/../node/addons/charts.tsv

say() { printf 'addons-digests: %s\n' "$*" >&2; }

usage() {
  cat <<'USAGE'
Usage: scripts/dev/addons-digests.sh [TABLE]

Fetches every archive that the core add-ons' table names, looks whether it is the chart and version of its row, writes its
sha256 where the row says `unverified`, and prints what it has changed. A row that has a digest already is only compared. The
table is written whole, or where anything is not as it should be not at all.

What it writes is what the hosts give on this day: compare it with what their projects publish before it is committed.

  TABLE   another table than scripts/node/addons/charts.tsv
USAGE
}

# Whether an archive is what its row says, by what lies in it.
is_of_row() { # ARCHIVE KIND NAME VERSION WHERE
  case $2 in
    chart) tar --extract --gzip --to-stdout --file "$1" "$3/Chart.yaml" | grep -E "^version: [\"']?${4//./\\.}[\"']?\$" >/dev/null ;;
    tool) tar --list --gzip --file "$1" "linux-$5/$3" >/dev/null ;;
  esac
}

case ${1:-} in
  -h | --help) usage && exit 0 ;;
  -*) usage >&2 && exit 2 ;;
esac
[ "$#" -le 1 ] || { usage >&2 && exit 2; }
TABLE=$(readlink -f "${1:-$TABLE}")
[ -r "$TABLE" ] || { say "there is no $TABLE" && exit 1; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=''
while IFS= read -r line || [ -n "$line" ]; do
  if [ -z "$line" ] || [[ $line == '#'* ]]; then
    printf '%s\n' "$line"
    continue
  fi
  IFS=$'\t' read -r kind name version url sha256 where clouds <<<"$line"
  digest=''
  if ! curl --disable --silent --show-error --location --fail --retry 2 --max-time 600 --output "$scratch/archive" "$url"; then
    say "$name $version: $url gave nothing"
  elif ! is_of_row "$scratch/archive" "$kind" "$name" "$version" "$where" 2>/dev/null; then
    say "$name $version: what $url gave is something else"
  else
    digest=$(sha256sum "$scratch/archive" | cut -d' ' -f1)
    if [ "$sha256" != unverified ] && [ "$sha256" != "$digest" ]; then
      say "$name $version: the table has $sha256, and $url gave $digest"
      digest=''
    fi
  fi
  [ -n "$digest" ] || failed=yes
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$kind" "$name" "$version" "$url" "$digest" "$where" "$clouds"
done <"$TABLE" >"$scratch/table"

if [ -n "$failed" ]; then
  say "the table is left as it was"
  exit 1
fi
diff --unified=0 --label before --label after "$TABLE" "$scratch/table" || true
# Beside it, so that it is renamed and not copied into place.
cp "$scratch/table" "$TABLE.new"
mv "$TABLE.new" "$TABLE"

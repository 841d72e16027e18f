# shellcheck shell=bash
# The end of a machine's user data. Before it stand ENVIRONMENT, an array of NAME=value; BUNDLE, the archive's key in the
# store, which ends in its sha256; and the libraries that reach the store.
: "${BUNDLE:?}" "${ENVIRONMENT[0]:?}"

BUNDLES=/opt/keelson
AT_EACH_BOOT=/var/lib/cloud/scripts/per-boot/keelson
sha256=${BUNDLE##*/}
sha256=${sha256%.tar}

# cloud-init takes user data for done before it runs it, so without this a machine that loses its power in here would
# never come back to it.
run_again_until_done() {
  [ ! "$0" -ef "$AT_EACH_BOOT" ] || return 0
  install -D -m 600 "$0" "$AT_EACH_BOOT.new"
  sync "$AT_EACH_BOOT.new"
  chmod 700 "$AT_EACH_BOOT.new"
  mv "$AT_EACH_BOOT.new" "$AT_EACH_BOOT"
}

write_environment() {
  local entry value file=/etc/keelson/environment quote="'\"'\"'"
  mkdir -p "${file%/*}"
  for entry in "${ENVIRONMENT[@]}"; do
    value=${entry#*=}
    if [[ $value == *$'\n'* ]]; then
      say "the value of ${entry%%=*} has more than one line, which $file cannot hold"
      return 1
    fi
    export "${entry?}"
    printf "%s='%s'\n" "${entry%%=*}" "${value//"'"/"$quote"}"
  done >"$file.new"
  chmod 644 "$file.new"
  mv "$file.new" "$file"
}

# What lies under the archive's name is the whole of it: it is unpacked beside, and renamed when it is on the disk.
fetch() {
  local status=0 archive=$BUNDLES/$sha256.tar aside=$BUNDLES/$sha256.unpacking
  [ ! -d "$BUNDLES/$sha256" ] || return 0
  store_get "$BUNDLE" "$archive" || status=$?
  if [ "$status" -ne 0 ]; then
    say "$BUNDLE cannot be had: $(answer_name "$status")"
    return 1
  fi
  if ! sha256sum --check --status <<<"$sha256  $archive"; then
    say "$BUNDLE is not what it was, and is not run"
    rm -f "$archive"
    return 1
  fi
  rm -rf "$aside"
  mkdir "$aside" && tar --extract --file "$archive" --directory "$aside" --no-same-owner && sync -f "$aside" &&
    mv "$aside" "$BUNDLES/$sha256" && rm -f "$archive"
}

umask 022
run_again_until_done
write_environment
mkdir -p "$BUNDLES"
wait=1
until fetch; do
  pause "$wait"
  wait=$((wait < 32 ? wait * 2 : 60))
done
"$BUNDLES/$sha256/install.sh"
rm -f "$AT_EACH_BOOT"

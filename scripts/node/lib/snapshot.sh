# shellcheck shell=bash
# Snapshots of etcd: taken, checked, uploaded with the manifest last, found by manifest, fetched and checked again.

SNAPSHOTS=etcd/

snapshot_prefix() { printf '%s%010d/' "$SNAPSHOTS" "$1"; }
snapshot_name() { printf '%s%020d' "$(snapshot_prefix "$1")" "$2"; }

etcd_ctl() {
  etcdctl --endpoints "${ETCD_ENDPOINT:-https://127.0.0.1:2379}" \
    --cacert "$PKI/etcd/ca.crt" --cert "$PKI/etcd/healthcheck-client.crt" --key "$PKI/etcd/healthcheck-client.key" "$@"
}

etcd_revision() {
  etcd_ctl endpoint status -w json | sed -n 's/.*"revision":\([0-9]*\).*/\1/p'
}

# What etcdutl reads in a snapshot: hash, revision and number of keys. It fails on a file that is no whole database.
snapshot_status() { # FILE
  etcdutl snapshot status "$1" -w json
}

# openssl, since it uses the processor's own instructions for it everywhere, and sha256sum does not: five times as fast.
snapshot_digest() { openssl dgst -sha256 -r | cut -d' ' -f1; } # of standard input

# A snapshot that etcd sent ends in the sha256 of what stands before. etcdutl's status does not look at it.
snapshot_is_whole() { # FILE
  local size trailer
  size=$(stat -c %s "$1")
  [ "$size" -gt 32 ] && [ $((size % 512)) -eq 32 ] || return 1
  trailer=$(tail -c 32 "$1" | od -An -tx1 | tr -d ' \n')
  [ "$(head -c $((size - 32)) "$1" | snapshot_digest)" = "$trailer" ]
}

# snapshot_take EPOCH CLUSTER FILE: prints the revision.
snapshot_take() {
  local asked
  rm -f "$3" "$3.part"
  asked=$(date -u +%Y-%m-%dT%H:%M:%SZ) # what is written from now on may be missing in it
  etcd_ctl snapshot save "$3" >/dev/null || return 1
  snapshot_describe "$1" "$2" "$3" "$asked"
}

# snapshot_describe EPOCH CLUSTER FILE TAKEN: checks a database, writes its manifest beside it, prints the revision.
snapshot_describe() {
  local file=$3 status digest revision keys hash
  # First of all, so that what is checked below has this digest or is found out when it lies in the store.
  digest=$(snapshot_digest <"$file") || return 1
  snapshot_is_whole "$file" || { say "the snapshot that etcd gave is not whole" && return 1; }
  status=$(snapshot_status "$file") || return 1
  revision=$(sed -n 's/.*"revision":\([0-9]*\).*/\1/p' <<<"$status")
  keys=$(sed -n 's/.*"totalKey":\([0-9]*\).*/\1/p' <<<"$status")
  hash=$(sed -n 's/.*"hash":\([0-9]*\).*/\1/p' <<<"$status")
  printf '{\n  "cluster": "%s",\n  "epoch": %s,\n  "revision": %s,\n  "keys": %s,\n  "hash": %s,\n  "size": %s,\n  "sha256": "%s",\n  "etcd": "%s",\n  "kubernetes": "%s",\n  "taken": "%s"\n}\n' \
    "$2" "$1" "$revision" "$keys" "$hash" "$(stat -c %s "$file")" "$digest" \
    "$(etcdutl version | sed -n 's/^etcdutl version: //p')" "${KUBERNETES_VERSION:-}" "$4" >"$file.json" || return 1
  echo "$revision"
}

# snapshot_upload EPOCH REVISION FILE: the database, read again from where it lies now, then its manifest. What is there
# under this name already was put there by us, since a name holds our epoch. What has the digest of the file that was
# checked when it was taken is that file, and need not be checked once more.
snapshot_upload() {
  local name status=0
  name=$(snapshot_name "$1" "$2")
  store_put_new "$name.db" "$3" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
  store_get "$name.db" "$3.back" || return "$?"
  if ! snapshot_matches "$3.back" "$3.json" && { [ "$status" -eq 0 ] || ! snapshot_adopt "$@"; }; then
    rm -f "$3.back"
    say "$name.db in the store is not what was uploaded"
    return 1
  fi
  rm -f "$3.back"
  status=0
  store_put_new "$name.json" "$3.json" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
}

# Takes the database of a try that ended before its manifest in place of ours. Both have the same keys, since they have the
# same revision, and other bytes, since etcd also writes what moves none: a lease, or where it stands in its log.
snapshot_adopt() { # EPOCH REVISION FILE, with what is in the store beside it
  [ "$(snapshot_describe "$1" "$(field cluster "$3.json")" "$3.back" "$(field taken "$3.json")")" = "$2" ] &&
    mv "$3.back.json" "$3.json"
}

# Whether a database is the one that a manifest describes.
snapshot_matches() { # FILE MANIFEST
  [ "$(stat -c %s "$1")" = "$(field size "$2")" ] && [ "$(snapshot_digest <"$1")" = "$(field sha256 "$2")" ]
}

# The names of all snapshots that have a manifest, newest first: by epoch, then by revision.
snapshots_listed() {
  local keys
  keys=$(store_list "$SNAPSHOTS") || return "$?"
  sed -n "s|^\(${SNAPSHOTS}[0-9]\{10\}/[0-9]\{20\}\)\.json\$|\1|p" <<<"$keys" | sort -r
}

# snapshot_fetch NAME CLUSTER FILE: 0 with a checked database, 1 where it is damaged or another cluster's, one of the
# answers where the store could not say.
snapshot_fetch() {
  local status=0
  store_get "$1.json" "$3.json" || return "$?"
  [ "$(field cluster "$3.json")" = "$2" ] || { say "$1 is of cluster $(field cluster "$3.json")" && return 1; }
  say "$1 is being fetched"
  store_get "$1.db" "$3" || status=$?
  case $status in
    0) ;;
    "$ABSENT" | "$DELETED") say "$1 has a manifest and no database" && return 1 ;;
    *) return "$status" ;;
  esac
  say "$1 is being checked"
  if ! snapshot_matches "$3" "$3.json" || ! snapshot_is_whole "$3" || ! snapshot_status "$3" >/dev/null; then
    say "$1 is damaged"
    return 1
  fi
}

# shellcheck shell=bash
# The snapshot that an operator wants the next rebuild to use. A pin is used up by the claim that carries its id, once
# that claim's master has served. One that names `none` takes back what was set before.

PINS=pin/

# pin_pending NEWEST: the id of the pin that the next claim has to carry, empty where none has to. Pins are numbered by
# whoever sets them, so the newest is the one that counts.
pin_pending() {
  local keys newest snapshot used
  keys=$(store_list "$PINS") || return "$?"
  newest=$(sed -n "s|^${PINS}\([0-9]\{10\}\)\.json\$|\1|p" <<<"$keys" | sort | tail -n1)
  [ -n "$newest" ] || return 0
  used=$(pin_used "$1") || return "$?"
  # Nor does an older one come back when the one that was used is taken away.
  if [[ $used == *' yes' && ! $newest > ${used% *} ]]; then return 0; fi
  snapshot=$(pin_snapshot "$newest") || return "$?"
  [ "$snapshot" = none ] || echo "$newest"
}

# pin_used NEWEST: "<id> <served>" of the newest epoch that carried a pin, which tells how far the pins are used up.
pin_used() {
  local numbers n id record=$RUN_DIR/pin-epoch
  numbers=$(epochs_listed) || return "$?"
  for n in $numbers; do
    [ "$n" -le "$1" ] || continue
    store_get "$(epoch_key "$n")" "$record" || return "$?"
    id=$(field pin "$record")
    if [ -n "$id" ]; then echo "$id $(field served "$record")" && return 0; fi
  done
}

# pin_snapshot ID: the name of the snapshot that it names. Without one the newest would be taken, against an operator's
# will, so a pin that names nothing could not be read.
pin_snapshot() {
  local snapshot
  store_get "$PINS$1.json" "$RUN_DIR/pin" || return "$?"
  snapshot=$(field snapshot "$RUN_DIR/pin")
  # It becomes a key, and a number: what is neither a snapshot's name nor `none` is nothing to go on with.
  [[ $snapshot =~ ^(none|etcd/[0-9]{10}/[0-9]{20})$ ]] || return "$UNREACHABLE"
  echo "$snapshot"
}

# shellcheck shell=bash
# Epochs: who may be master. Epoch n belongs to the machine whose put-if-absent of its record was taken.

EPOCHS=identity/epochs/

epoch_key() { printf '%s%010d.json' "$EPOCHS" "$1"; }

# The newest epoch's number, 0 where there is none.
epoch_newest() {
  local keys
  keys=$(store_list "$EPOCHS") || return "$?"
  keys=$(sed -n "s|^${EPOCHS}\([0-9]\{10\}\)\.json\$|\1|p" <<<"$keys" | sort | tail -n1)
  echo "$((10#${keys:-0}))"
}

epoch_record() { # STATE INSTANCE PIN SERVED REVISION
  printf '{\n  "state": "%s",\n  "instance": "%s",\n  "pin": "%s",\n  "served": "%s",\n  "revision": "%s"\n}\n' "$@"
}

# epoch_claim N INSTANCE PIN: TAKEN where somebody else has it already. A claim that was ours and whose answer got lost
# on the way is ours.
epoch_claim() {
  local file=$RUN_DIR/claim status=0
  epoch_record open "$2" "$3" no '' >"$file"
  store_put_new "$(epoch_key "$1")" "$file" || status=$?
  if [ "$status" -eq "$TAKEN" ]; then
    store_get "$(epoch_key "$1")" "$RUN_DIR/epoch" || return "$?"
    [ "$(field instance "$RUN_DIR/epoch")" = "$2" ] || return "$TAKEN"
    [ "$(field state "$RUN_DIR/epoch")" = open ] || return "$TAKEN"
    status=0
  fi
  return "$status"
}

# epoch_set N INSTANCE STATE [REVISION]: serving or closed, by its owner only. That it has served is never forgotten.
epoch_set() {
  local record=$RUN_DIR/epoch served
  store_get "$(epoch_key "$1")" "$record" || return "$?"
  [ "$(field instance "$record")" = "$2" ] || return "$TAKEN"
  [ "$(field state "$record")" != "$3" ] || return 0
  served=$(field served "$record")
  [ "$3" != serving ] || served=yes
  epoch_record "$3" "$2" "$(field pin "$record")" "$served" "${4:-}" >"$record.new"
  store_swap "$(epoch_key "$1")" "$record.new" "$STORE_ETAG"
}

# Waits until nobody can write under epoch N any more: it is closed, or the cloud says that its machine is gone.
epoch_await_end() { # N
  local record=$RUN_DIR/predecessor instance waited=0
  while :; do
    if store_get "$(epoch_key "$1")" "$record"; then
      [ "$(field state "$record")" != closed ] || return 0
      instance=$(field instance "$record")
      if cloud_is_gone "$instance"; then
        say "epoch $1: its master $instance is gone"
        return 0
      fi
    fi
    [ "$waited" -eq 0 ] || [ $((waited % 60)) -ne 0 ] || alarm predecessor-alive "epoch $1 is still open and its master ${instance:-?} is not known to be gone"
    cloud_heartbeat || true
    pause 5
    waited=$((waited + 5))
  done
}

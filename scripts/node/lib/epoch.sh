# shellcheck shell=bash
# Epochs: who may be master. Epoch n belongs to the machine whose put-if-absent of its record was taken.

EPOCHS=identity/epochs/
LAST_EPOCH=9999999999 # keys have ten digits, so that they sort as numbers

epoch_key() { printf '%s%010d.json' "$EPOCHS" "$1"; }

# The numbers of all epochs, newest first.
epochs_listed() {
  local keys
  keys=$(store_list "$EPOCHS") || return "$?"
  sed -n "s|^${EPOCHS}0*\([0-9]\{1,10\}\)\.json\$|\1|p" <<<"$keys" | sort -rn
}

# The newest epoch's number, 0 where there is none.
epoch_newest() {
  local numbers
  numbers=$(epochs_listed) || return "$?"
  numbers=${numbers%%$'\n'*}
  echo "${numbers:-0}"
}

epoch_record() { # STATE INSTANCE NODE PIN SERVED REVISION
  printf '{\n  "state": "%s",\n  "instance": "%s",\n  "node": "%s",\n  "pin": "%s",\n  "served": "%s",\n  "revision": "%s"\n}\n' "$@"
}

# epoch_claim N INSTANCE NODE PIN: TAKEN where somebody else has it already. A claim that was ours and whose answer got
# lost on the way is ours.
epoch_claim() {
  local file=$RUN_DIR/claim status=0
  if [ "$1" -gt "$LAST_EPOCH" ]; then
    alarm epochs-unknown "epoch $LAST_EPOCH is the last that there can be, and no master has come that far: who wrote its record?"
    return 1
  fi
  epoch_record open "$2" "$3" "$4" no '' >"$file"
  store_put_new "$(epoch_key "$1")" "$file" || status=$?
  if [ "$status" -eq "$TAKEN" ]; then
    epoch_is_ours "$1" "$2" "$4" || return "$?"
    status=0
  fi
  return "$status"
}

# Whether epoch N was claimed by this machine with this pin and nobody has been served under it: 0, TAKEN where not.
epoch_is_ours() { # N INSTANCE PIN
  local record=$RUN_DIR/epoch
  store_get "$(epoch_key "$1")" "$record" || return "$?"
  [ "$(field instance "$record")" = "$2" ] && [ "$(field state "$record")" = open ] &&
    [ "$(field pin "$record")" = "$3" ] || return "$TAKEN"
}

# epoch_set N INSTANCE STATE [REVISION]: serving or closed, by its owner only; TAKEN else. What is closed stays closed, since
# another master may go by that, and that it has served is never forgotten.
epoch_set() {
  local record=$RUN_DIR/epoch served
  store_get "$(epoch_key "$1")" "$record" || return "$?"
  [ "$(field instance "$record")" = "$2" ] || return "$TAKEN"
  [ "$(field state "$record")" != "$3" ] || return 0
  [ "$(field state "$record")" != closed ] || return "$TAKEN"
  served=$(field served "$record")
  [ "$3" != serving ] || served=yes
  epoch_record "$3" "$2" "$(field node "$record")" "$(field pin "$record")" "$served" "${4:-}" >"$record.new"
  store_swap "$(epoch_key "$1")" "$record.new" "$STORE_ETAG"
}

# The epochs before N, newest first, down to the last that served: it has waited for those before it.
epochs_before() { # N
  local numbers n record=$RUN_DIR/before
  numbers=$(epochs_listed) || return "$?"
  for n in $numbers; do
    [ "$n" -lt "$1" ] || continue
    store_get "$(epoch_key "$n")" "$record" || return "$?"
    echo "$n"
    [ "$(field served "$record")" != yes ] || break
  done
}

epochs_nodes_before() { # N
  local numbers n
  numbers=$(epochs_before "$1") || return "$?"
  for n in $numbers; do
    store_get "$(epoch_key "$n")" "$RUN_DIR/before" || return "$?"
    field node "$RUN_DIR/before" | grep -x '[a-z0-9.-]*' || true
  done
}

# How often in a row a master has claimed an epoch and not come up.
epochs_unserved() { # N
  local numbers n count=0
  numbers=$(epochs_before "$1") || return "$?"
  for n in $numbers; do
    store_get "$(epoch_key "$n")" "$RUN_DIR/before" || return "$?"
    [ "$(field served "$RUN_DIR/before")" = yes ] || count=$((count + 1))
  done
  echo "$count"
}

# epochs_await_end N INSTANCE: waits until nobody can write under an epoch before N any more. TAKEN where N itself has been
# overtaken while we waited.
epochs_await_end() {
  local numbers n
  numbers=$(epochs_before "$1") || return "$?"
  for n in $numbers; do
    epoch_await_end "$n" "$1" "$2" || return "$?"
  done
}

# Waits until epoch N has ended: it is closed, its machine is this one, which has nothing of it any more, or the cloud says
# that its machine is gone. What is gone stays gone, so the cloud is asked until it has said so once. The boot's heartbeat goes
# on meanwhile.
epoch_await_end() { # N OURS INSTANCE
  local record=$RUN_DIR/predecessor instance='' waited=0 newest gone=$RUN_DIR/gone.$1
  [ ! -e "$gone" ] || return 0
  while :; do
    if store_get "$(epoch_key "$1")" "$record"; then
      instance=$(field instance "$record")
      # That will not end by itself.
      [ -n "$instance" ] || [ "$waited" -ne 0 ] || alarm predecessor-alive "the record of epoch $1 names no master"
      if [ "$(field state "$record")" = closed ]; then return 0; fi
      if [ "$instance" = "$3" ]; then return 0; fi
      if cloud_is_gone "$instance"; then
        say "epoch $1: its master $instance is gone"
        : >"$gone"
        return 0
      fi
    fi
    newest=$(epoch_newest) || newest=0
    [ "$newest" -le "$2" ] || return "$TAKEN"
    [ "$waited" -eq 0 ] || [ $((waited % 60)) -ne 0 ] || alarm predecessor-alive "epoch $1 is still open and its master ${instance:-?} is not known to be gone"
    pause 5
    waited=$((waited + 5))
  done
}

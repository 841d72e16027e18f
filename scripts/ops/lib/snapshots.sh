# shellcheck shell=bash
# What `etcd list`, `etcd pin` and `etcd unpin` do.
# shellcheck disable=SC2153,SC2154 # the options are read in etcd

list_command() {
  local names name shown total bad=0
  [ -z "$verify" ] || needs etcdutl
  find_cluster
  names=$(snapshots_listed) || unread "$?" "the list of snapshots"
  find_pin
  shown=$names
  [ -n "$all" ] || shown=$(head -n "$NEWEST" <<<"$names")
  total=$(grep -c . <<<"$names" || true)

  for name in $shown; do
    describe "$name" || bad=1
  done >"$RUN_DIR/rows"
  if [ -n "$json" ]; then
    show_json
  elif [ -z "$names" ]; then
    echo "there are no snapshots"
  else
    { printf 'SNAPSHOT\tTAKEN\tAGE\tSIZE\tKEYS\tETCD\tSUPERSEDED\tVERIFIED\n'; cut -f 2- "$RUN_DIR/rows" | show_rows; } | as_table lllrrlll
    [ "$total" -le "$NEWEST" ] || [ -n "$all" ] || say_plainly "and $((total - NEWEST)) older ones: --all shows them"
    [ -z "$pin" ] || say_plainly "the next rebuild uses $(short_name "$pinned"), as pin $((10#$pin)) says"
  fi
  return "$bad"
}

say_plainly() { printf '\n%s\n' "$1"; }

# One snapshot as a line: name, short name, and what the manifest says, raw. 1 where --verify found it bad.
describe() { # NAME
  local manifest=$RUN_DIR/manifest status=0 verified='when taken' superseded='?' name value
  store_get "$1.json" "$manifest" || status=$?
  [ "$status" -eq 0 ] || unread "$status" "$1.json"
  if store_tags "$1.json"; then
    case $REPLY_BODY in *'<Key>superseded</Key>'*) superseded=yes ;; *) superseded=no ;; esac
  fi
  if [ "$(field cluster "$manifest")" != "$cluster" ]; then
    verified="of another cluster: $(field cluster "$manifest")"
    status=1
  elif [ -n "$verify" ]; then
    snapshot_fetch "$1" "$cluster" "$RUN_DIR/database" 2>"$RUN_DIR/why" || status=$?
    rm -f "$RUN_DIR/database"
    case $status in
      0) verified=now ;;
      1) verified=$(grep -q 'no database' "$RUN_DIR/why" && echo 'no database' || echo damaged) ;;
      *) unread "$status" "$1.db" ;;
    esac
  fi
  printf '%s\t%s' "$1" "$(short_name "$1")"
  for name in taken size keys etcd; do
    value=$(field "$name" "$manifest" | plain)
    printf '\t%s' "${value:-?}"
  done
  printf '\t%s\t%s\n' "$superseded" "$(plain <<<"$verified")"
  [ "$status" -eq 0 ]
}

show_rows() {
  local short taken size keys etcd superseded verified
  while IFS=$'\t' read -r short taken size keys etcd superseded verified; do
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$short" "${taken/T/ }" "$(as_age "$taken")" "$(as_size "$size")" \
      "$keys" "$etcd" "$superseded" "$verified"
  done
}

show_json() {
  local name short taken size keys etcd superseded verified comma=''
  printf '['
  while IFS=$'\t' read -r name short taken size keys etcd superseded verified; do
    case $superseded in yes) superseded=true ;; no) superseded=false ;; *) superseded=null ;; esac
    printf '%s\n  {"snapshot": %s, "epoch": %s, "revision": %s, "taken": %s, "bytes": %s, "keys": %s, "etcd": %s, "superseded": %s, "verified": %s, "pinned": %s}' \
      "$comma" "$(as_json "$short")" "${short%/*}" "${short#*/}" "$(as_json "$taken")" "$(as_number "$size")" "$(as_number "$keys")" \
      "$(as_json "$etcd")" "$superseded" "$(as_json "$verified")" "$([ "$name" = "$pinned" ] && echo true || echo false)"
    comma=,
  done <"$RUN_DIR/rows"
  printf '%s]\n' "${comma:+$'\n'}"
}

pin_command() {
  local name names newer answer status=0 taken
  needs etcdutl
  find_cluster
  name=$(snapshot_name "${wanted%/*}" "${wanted#*/}")
  snapshot_fetch "$name" "$cluster" "$RUN_DIR/database" || status=$?
  case $status in
    0) ;;
    1) refuse "$wanted cannot be restored, so it is not pinned" ;;
    "$ABSENT" | "$DELETED") refuse "there is no snapshot $wanted" ;;
    *) unread "$status" "$name" ;;
  esac
  taken=$(field taken "$RUN_DIR/database.json")
  rm -f "$RUN_DIR/database"
  names=$(snapshots_listed) || unread "$?" "the list of snapshots"
  newer=$(sed "\|^$name\$|,\$d" <<<"$names")
  {
    echo "The next rebuild of the master will restore $wanted, taken $(as_age "$taken") ($(plain <<<"$taken"))."
    if [ -n "$newer" ]; then
      echo "Lost is what was written after it: newer snapshots that are passed over: $(grep -c . <<<"$newer"), the newest $(short_name "${newer%%$'\n'*}")."
    else
      echo "It is the newest. Lost is what was written after it, and what will be, in snapshots that do not exist yet."
    fi
    echo "Nothing happens before the master is replaced."
  } >&2
  if [ -z "$yes" ]; then
    printf 'Pin it? Type yes: ' >&2
    read -r answer || answer=''
    [ "$answer" = yes ] || refuse "nothing was pinned"
  fi
  set_pin "$name"
  if [ -n "$json" ]; then
    printf '{"pin": %s, "snapshot": %s}\n' "$number" "$(as_json "$wanted")"
  else
    echo "pinned $wanted as pin $number"
  fi
}

unpin_command() {
  find_pin
  if [ -n "$pin" ]; then
    set_pin none
  fi
  if [ -n "$json" ]; then
    if [ -n "$pin" ]; then printf '{"unpinned": %s}\n' "$(as_json "$(short_name "$pinned")")"; else echo '{"unpinned": null}'; fi
  elif [ -n "$pin" ]; then
    echo "the next rebuild uses the newest snapshot again, not $(short_name "$pinned")"
  else
    echo "no pin is waiting"
  fi
}

# The newest pin counts, so this one gets the number after it. Of two operators at once one is told so.
set_pin() { # SNAPSHOT'S NAME | none
  local keys used status=0
  keys=$(store_list "$PINS") || unread "$?" "the pins"
  # One that was used may have been deleted since.
  used=$(newest=$(epoch_newest) && pin_used "$newest") || unread "$?" "the epochs"
  keys=$({ sed -n "s|^${PINS}\([0-9]\{10\}\)\.json\$|\1|p" <<<"$keys" && echo "${used% *}"; } | sort | tail -n 1)
  number=$((10#${keys:-0} + 1))
  [ "$number" -le 9999999999 ] || refuse "pin 9999999999 is the last that there can be, and no operator has set it: delete pin/9999999999.json"
  printf '{\n  "snapshot": "%s",\n  "set": "%s"\n}\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$RUN_DIR/pin.new"
  store_put_new "$PINS$(printf %010d "$number").json" "$RUN_DIR/pin.new" || status=$?
  case $status in
    0) ;;
    "$TAKEN") refuse "somebody else has just set a pin: look again" ;;
    *) fail "the pin could not be written: $(answer_name "$status")" ;;
  esac
}

#!/usr/bin/env bash
# Decides at every boot what this master may do, and does it: docs/boot-protocol.md. keelson-boot.service runs it before
# kubelet, which nothing else starts.
# shellcheck disable=SC2034,SC2153 # facts come from the libraries, and what they need goes there
set -euo pipefail
case ${1:-} in
  "") ;;
  -h | --help)
    echo "Usage: control-plane.sh"
    echo
    echo "Decides what this master may do, and does it: docs/boot-protocol.md. Ends when the master serves; waits where it may not."
    exit 0 ;;
  *) echo "control-plane.sh takes no arguments" >&2 && exit 2 ;;
esac
: "${CLOUD:?}" "${CLUSTER:?}" "${STORE_URL:?}" "${WITNESS:?}" "${JOIN:?}" "${SEALING_KEY:?}" "${API_NAME:?}"
: "${KUBERNETES_VERSION:?}" "${ETCD_VERSION:?}" "${POD_CIDR:?}" "${SERVICE_CIDR:?}"
export PART=boot
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

# The longest wait between two tries. Long enough for a cloud in trouble, short enough for whoever has mended something.
PATIENCE=60

main() {
  # Two of them would write each other's files: the unit, and somebody who runs the script beside it.
  exec 9>"$RUN_DIR/lock"
  flock --nonblock 9 || { say "another control-plane.sh is at work on this machine: nothing is done here" && exit 1; }
  systemctl start keelson-health.socket keelson-report.timer 9>&- || true
  keep_alive 9>&- &
  # shellcheck disable=SC2064 # the one that is running now
  trap "kill $! 2>/dev/null || true" EXIT
  attend 9>&- # what it starts would hold the lock for longer than it is at work
}

attend() {
  local verdict='' before='' status tries=0
  while :; do
    facts_read
    verdict=$(decide "$FACT_LOCAL" "$FACT_WITNESS" "$FACT_GENESIS" "$FACT_SNAPSHOTS")
    if [ "$verdict" != "$before" ]; then
      say "local data: $FACT_LOCAL, witness: $FACT_WITNESS, genesis: $FACT_GENESIS, snapshots: $FACT_SNAPSHOTS, newest epoch: $NEWEST: $verdict"
      before=$verdict
      tries=0
    fi
    tries=$((tries + 1))
    status=0
    case $verdict in
      hold* | retry*)
        alarm "${verdict#* }" "this master waits: $(reason "${verdict#* }")"
        status=1 ;;
      *)
        calm
        # Not in a condition: a subshell there would go on after a failure.
        set +e
        (
          set -e
          "$verdict"
        )
        status=$?
        set -e
        case $status in
          0 | "$AGAIN") ;;
          *) [ -e "$RUN_DIR/alarm" ] || alarm "$verdict-failed" "a step ended with $status" ;;
        esac ;;
    esac
    case $status in
      0) break ;;
      "$AGAIN") ;;
      *) back_off "$tries" "$verdict" ;;
    esac
  done
  calm
}

AGAIN=20 # what an action ends with when it waited for something and the facts have to be read anew

back_off() { # TRIES VERDICT
  local seconds=$((1 << ($1 < 6 ? $1 : 6)))
  case $2 in hold* | fence) seconds=$PATIENCE ;; esac
  pause "$((seconds < PATIENCE ? seconds : PATIENCE))"
}

# The cloud's launch hook gives up on a machine that says nothing for half an hour, and its termination hook for ten
# minutes. Before it gives up on one that speaks, no more machines are made: holding must not become a loop of new machines
# that hold.
keep_alive() {
  local waited=0
  while :; do
    cloud_heartbeat >/dev/null 2>&1 || true
    if [ "$waited" -ge "$CLOUD_PATIENCE" ] && [ ! -e "$SERVING" ] && cloud_suspend_replacement; then
      say "no machine replaces this one any more until a master serves"
      waited=0
    fi
    pause 180 >/dev/null 2>&1 # what is left of it when this ends must not keep whoever reads our words waiting
    waited=$((waited + 180))
  done
}

start() {
  local epoch instance status=0 record=$RUN_DIR/own
  epoch=$(cat "$STATE_DIR/epoch")
  prepare
  identity_is_kept || identity_fetch "$CLUSTER_ID" || fail_identity "$?"
  store_get "$(epoch_key "$epoch")" "$record" || status=$?
  # What could not be read may be closed, and then another master may be on its way.
  [ "$status" -eq 0 ] || ! is_unknown "$status" || return "$status"
  instance=$(cloud_instance)
  if [ "$status" -ne 0 ]; then
    # Somebody took the records away, and the cloud says that this machine is the one: it may be the last that has them.
    identity_heal "$epoch" "$instance"
  elif [ "$(field state "$record")" = closed ]; then
    # It handed over, and nobody came: its data is still the newest.
    claim "$((epoch + 1))" "$instance" '' || return "$?"
    epoch=$((epoch + 1))
    local_epoch_write "$epoch"
  fi
  serve "$(field cluster "$STATE_DIR/identity/genesis.json")" "$epoch"
}

fence() {
  local epoch
  epoch=$(cat "$STATE_DIR/epoch")
  alarm fenced "epoch $NEWEST has been claimed by another master: the data of epoch $epoch stays here, and nothing is started"
  if etcd_is_ready >/dev/null 2>&1; then
    "${LIB%/lib}/hand-over.sh" fenced || true # it has run on while nobody watched
  else
    rm -f "$MANIFESTS"/*.yaml
    epoch_set "$epoch" "$(cloud_instance)" closed || true
  fi
  return 1
}

found() {
  local cluster=$CLUSTER_ID
  [ -n "$cluster" ] || cluster=$(witness_found)
  prepare
  identity_found "$cluster" || fail_identity "$?"
  take_epoch ''
  rm -rf "$ETCD_DATA"
  local_epoch_write "$EPOCH"
  serve "$cluster" "$EPOCH"
}

rebuild() {
  local pin='' name='' newest file=$STATE_DIR/restore.db status=0
  prepare
  # Before the claim, since a master that cannot go on must not end the time of one that can.
  identity_fetch "$CLUSTER_ID" || fail_identity "$?"
  pin=$(pin_pending "$NEWEST")
  [ -z "$pin" ] || name=$(pin_snapshot "$pin")
  newest=${name:-$(snapshots_listed)}
  newest=${newest%%$'\n'*}
  store_get "$newest.json" "$RUN_DIR/newest.json" || status=$?
  case $status in
    0) ;;
    "$ABSENT" | "$DELETED")
      [ -z "$pin" ] || alarm pin-damaged "the pinned snapshot is not there any more: pin another, or take the pin back"
      return 1 ;;
    *) return "$status" ;;
  esac
  versions_follow "$RUN_DIR/newest.json" || { alarm version-skew "this machine's versions do not follow on those of the snapshot" && return 1; }
  take_epoch "$pin"
  name=$(restore_choose "$CLUSTER_ID" "$file" "$name") || status=$?
  case $status in
    0) ;;
    1)
      rm -f "$file" "$file.json"
      if [ -n "$pin" ]; then
        alarm pin-damaged "the pinned snapshot cannot be restored: pin another, or take the pin back"
      else
        alarm snapshots-damaged "no snapshot is whole"
      fi
      pause "$PATIENCE"
      return 1 ;;
    *)
      alarm snapshots-unknown "a snapshot could not be read ($(answer_name "$status")), and what cannot be read may be the newest"
      return 1 ;;
  esac
  say "restoring $name into epoch $EPOCH"
  restore_database "$file" "$EPOCH" || { alarm restore-failed "$name could not be restored" && return 1; }
  rm -f "$file" "$file.json"
  serve "$CLUSTER_ID" "$EPOCH"
}

# take_epoch PIN: EPOCH is ours, and nobody can write under an older one any more. One master that comes up is waited for,
# not overtaken, or two of them would take turns for ever; one that serves is told to stop by our claim.
take_epoch() {
  local instance record=$RUN_DIR/newest status=0 unserved
  EPOCH='' # whatever the environment says
  instance=$(cloud_instance)
  if [ "$NEWEST" -gt 0 ]; then
    epoch_is_ours "$NEWEST" "$instance" "$1" || status=$?
    if [ "$status" -eq 0 ]; then
      EPOCH=$NEWEST
    elif is_unknown "$status"; then
      return "$status"
    fi
  fi
  if [ -z "$EPOCH" ]; then
    if [ "$NEWEST" -gt 0 ]; then
      store_get "$(epoch_key "$NEWEST")" "$record"
      [ "$(field state "$record")" != open ] || epoch_await_end "$NEWEST" "$NEWEST" "$instance" || return "$AGAIN"
      unserved=$(epochs_unserved "$((NEWEST + 1))")
      if [ "$unserved" -ge 3 ]; then
        alarm rebuild-loop "$unserved masters in a row have claimed an epoch and never served"
        pause "$((unserved * PATIENCE))"
      fi
    fi
    claim "$((NEWEST + 1))" "$instance" "$1" || return "$?"
    # What was true before the claim need not be true after it: the facts decide again, and come back here.
    epochs_await_end "$((NEWEST + 1))" "$instance" || true
    return "$AGAIN"
  fi
  epochs_await_end "$EPOCH" "$instance" || return "$AGAIN"
}

claim() { # EPOCH INSTANCE PIN
  local status=0
  epoch_claim "$1" "$2" "$(cloud_node)" "$3" || status=$?
  case $status in
    0) say "epoch $1 is claimed" ;;
    "$TAKEN") return "$AGAIN" ;;
    1) return 1 ;;
    *)
      alarm epochs-unknown "epoch $1 could not be claimed ($(answer_name "$status"))"
      return 1 ;;
  esac
}

# What has to be here before anything of the cluster is.
prepare() {
  local address node
  versions_fit || { alarm version-skew "etcd $ETCD_VERSION does not go with Kubernetes $KUBERNETES_VERSION" && return 1; }
  address=$(cloud_address)
  node=$(cloud_node)
  mkdir -p "$MANIFESTS"
  kubeadm_config "$address" "$node"
  # The API's name is this machine's own here: load balancers do not lead a machine back to itself.
  { grep -v " $API_NAME\$" /etc/hosts || true; echo "$address $API_NAME"; } >"$RUN_DIR/hosts"
  cat "$RUN_DIR/hosts" >/etc/hosts
  # It was all there when this process looked before, and goes no more.
  if [ "$(cat "$RUN_DIR/prepared" 2>/dev/null)" != "$$" ]; then
    packages_are_here || packages_install || { alarm packages-missing "neither the store nor the package hosts gave what a master needs" && return 1; }
    echo "$$" >"$RUN_DIR/prepared"
  fi
  ETCD_NAME=$node ETCD_PEER_URL=https://$address:2380
}

fail_identity() { # STATUS
  case $1 in
    1) alarm identity-damaged "the cluster's identity in the store is not whole, or not this cluster's" ;;
    "$DENIED") alarm key-denied "the identity could not be read or unsealed: access was denied" ;;
    *) alarm identity-unknown "the identity could not be read or unsealed ($(answer_name "$1"))" ;;
  esac
  return 1
}

# From data and identity to a master that serves. All of it may have been done before.
serve() { # CLUSTER EPOCH
  local newest
  ranges_of_genesis
  repair_is_done "$2" || rm -f "$MANIFESTS"/*.yaml
  # A machine that was off for long has certificates that ended, which kubeadm would take for good ones of somebody else's.
  systemctl is-active --quiet kubelet || certificates_drop
  kubeadm_phase certs all
  kubeadm_phase kubeconfig all
  kubeadm_phase etcd local
  : >"$KUBELET_MAY_RUN"
  kubeadm_phase kubelet-start
  await 120 etcd etcd_is_ready || { alarm etcd-not-ready "etcd does not start" && return 1; }
  repair_is_done "$2" || repair "$2" || { alarm repair-failed "what points at the master before could not be taken out" && return 1; }
  kubeadm_phase control-plane all
  await 300 "the API server" api_is_ready || { alarm api-not-ready "the API server does not start" && return 1; }
  kubeadm_phase upload-config all
  kubeadm_phase bootstrap-token
  kubeadm_phase addon all
  join_credentials || { alarm join-failed "no join credentials could be made" && return 1; }
  # A cluster is said to exist only when it can be brought back.
  if [ "$(witness_read)" != "initialised $1" ]; then
    witness_fits "$1" || return 1
    packages_keep || { alarm keep-failed "what was installed could not be put into the store" && return 1; }
    backup "$2" "$1"
    witness_confirm "$1" || return 1
  fi
  newest=$(epoch_newest)
  [ "$newest" -le "$2" ] || return "$AGAIN"
  epoch_set "$2" "$(cloud_instance)" serving || return "$AGAIN"
  field pin "$RUN_DIR/epoch" | write_whole "$STATE_DIR/pin" # so that healing the record does not forget it
  : >"$SERVING"
  systemctl start keelson-backup.timer keelson-watch.service keelson-renew.timer keelson-nodes.timer keelson-claims.timer
  cloud_launched || say "the launch hook could not be completed; a heartbeat goes on until its limit"
  cloud_resume_replacement || true
  if ! await 120 "this master's Node" kube get node "$ETCD_NAME" || ! kubeadm_phase mark-control-plane; then
    alarm node-missing "kubelet has not registered this machine"
  fi
  say "serving, epoch $2"
  # A cluster without them is not whole, and its API is there all the same.
  systemctl start --no-block keelson-addons.service || true
}

reason() { # CODE
  case $1 in
    witness-unknown | genesis-unknown | snapshots-unknown | epochs-unknown) echo "${1%-unknown} could not be read, and what cannot be read may say no" ;;
    no-store) echo "the store is not there yet" ;;
    store-gone) echo "the witness says that the cluster exists, and its store does not" ;;
    witness-lost) echo "the store knows a cluster and the witness does not" ;;
    witness-deleted) echo "the witness was deleted" ;;
    witness-strange) echo "nobody can make sense of the witness" ;;
    genesis-foreign) echo "the store is another cluster's" ;;
    genesis-gone | genesis-deleted) echo "the cluster exists, and its genesis record was taken away" ;;
    snapshots-gone) echo "the cluster exists, and all its snapshots were taken away" ;;
    *) echo "$1" ;;
  esac
}

main

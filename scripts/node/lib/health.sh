# shellcheck shell=bash
# How this master is, for the load balancer and for whatever replaces machines. What a new master would make better fails
# it: etcd, the API server, the way of a write through both, a full disk. The rest is only told: a store in trouble must
# not cost a cluster its master.

CHECK_SECONDS=2  # for each check; all run at once
FRESH_SECONDS=5  # so long the same answer is given again
# etcd lays out its log in files of 64 MB. With less than the current one, the next one and two of a copy of its index
# left, the next write may be the one that it cannot make, which it does not survive.
DISK_FREE_MIB=256

# health_answer: "<HTTP status> <JSON>". However many ask at once, one of them looks.
health_answer() {
  local lock answer
  if [ ! -e "$SERVING" ]; then
    health_document 503 booting
    return
  fi
  if health_fresh; then return; fi
  exec {lock}>"$RUN_DIR/lock"
  flock --wait $((2 * CHECK_SECONDS + 1)) "$lock" || true
  if ! health_fresh; then
    answer="$(health_uptime) $(health_look {lock}>&-)"
    write_whole "$RUN_DIR/answer" <<<"$answer"
    echo "${answer#* }"
  fi
  exec {lock}>&-
}

health_uptime() { # hundredths of a second since the machine started: no clock that somebody may set
  local up
  read -r up _ </proc/uptime
  echo "${up/./}"
}

health_fresh() { # gives the last answer, where it is fresh
  local when='' answer=''
  { read -r when answer <"$RUN_DIR/answer"; } 2>/dev/null || return 1
  [ $(($(health_uptime) - when)) -le $((FRESH_SECONDS * 100)) ] || return 1
  echo "$answer"
}

health_look() {
  local check result status=ok code=200 results=''
  health_client
  for check in etcd api write disk; do
    "health_$check" >"$RUN_DIR/$check" &
  done
  wait
  for check in etcd api write disk; do
    result=$(cat "$RUN_DIR/$check")
    [ "$result" = ok ] || status=failing code=503
    results+=",\"$check\":\"${result:-failed}\""
  done
  health_document "$code" "$status" "$results"
}

health_document() { # HTTP STATUS, STATUS, MORE
  local epoch backed_up='' alarms='' file part code
  epoch=$(health_number "$(cat "$STATE_DIR/epoch" 2>/dev/null)")
  read -r _ backed_up 2>/dev/null <"$STATE_DIR/backup" || true
  [[ ! $backed_up =~ ^[0-9]+$ ]] || backed_up=$(($(date +%s) - backed_up))
  for file in "${SERVING%/*}"/*/alarm; do
    [ -e "$file" ] || continue
    part=${file%/alarm}
    code=$(tr -cd 'a-z0-9-' <"$file" | head -c 64)
    alarms+="${alarms:+,}\"${part##*/}\":\"$code\""
  done
  printf '%s {"status":"%s"%s,"epoch":%s,"snapshotSeconds":%s,"alarms":{%s}}\n' "$1" "$2" "${3:-}" "$epoch" \
    "$(health_number "$backed_up")" "$alarms"
}

health_number() { if [[ $1 =~ ^-?[0-9]+$ ]]; then echo "$1"; else echo null; fi; }

health_ask() { # curl's arguments: "ok", or what is the matter
  local code status=0
  code=$(curl --disable --silent --noproxy '*' --max-time "$CHECK_SECONDS" --output /dev/null \
    --write-out '%{http_code}' "$@") || status=$?
  case $status/$code in
    0/2*) echo ok ;;
    0/*) echo "HTTP $code" ;;
    28/*) echo timeout ;;
    *) echo "no answer" ;;
  esac
}

# Where kubeadm has etcd listen without certificates, for probes: https://etcd.io/docs/v3.6/op-guide/monitoring/
health_etcd() { health_ask "${ETCD_PROBES:-http://127.0.0.1:2381}/readyz"; }

health_request() { # PATH, MORE OF CURL'S ARGUMENTS
  local path=$1
  shift
  health_ask --cacert "$PKI/ca.crt" --cert "$RUN_DIR/client.crt" --key "$RUN_DIR/client.key" "$@" "$API$path"
}

# As somebody whom no rule of the cluster's can shut out, since a new master would be shut out as well.
health_client() {
  local part
  for part in certificate:crt key:key; do
    (umask 077 && sed -n "s/^ *client-${part%:*}-data: *//p" "$KUBERNETES/super-admin.conf" | base64 -d |
      write_whole "$RUN_DIR/client.${part#*:}") || true
  done
}

health_api() { health_request /readyz; }

# A write that changes something, through authentication, admission and etcd's log.
health_write() {
  local now
  now=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
  health_request '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/keelson-health?fieldManager=keelson-health&force=true' \
    --request PATCH --header 'Content-Type: application/apply-patch+yaml' --data-binary @- <<JSON
{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "keelson-health"},
  "spec": {"holderIdentity": "$HOSTNAME", "renewTime": "$now"}}
JSON
}

health_disk() {
  local free
  free=$(timeout "$CHECK_SECONDS" df --output=avail --block-size=1M "$ETCD_DATA" | tail -n 1) || { echo "no answer" && return; }
  if [ "$free" -ge "$DISK_FREE_MIB" ]; then echo ok; else echo "$((free)) MiB free"; fi
}

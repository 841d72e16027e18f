# shellcheck shell=bash
# How a machine becomes a node: packages, the credentials that the master renews (join.sh writes them), kubeadm.
# Each step ends with 0; with WAIT, where another machine would fare no better; or else for this machine's own reasons. WHY
# then says why.
# shellcheck disable=SC2034 # for whoever takes the steps

WAIT=20
WHY=''
NODE_CONFIG=${KEELSON_ROOT:-}/etc/kubernetes/kubelet.conf
LAUNCHED=$STATE_DIR/launched # there once this machine has been a node that its group may count on
NODE_CERTIFICATE=${KEELSON_ROOT:-}/var/lib/kubelet/pki/kubelet-client-current.pem

# With the rights of this machine's kubelet, which are to its own Node and its pods. kubectl's own limit is for one request,
# and an API server that does not answer it asks five times.
node_kube() { timeout --foreground 5 kubectl --kubeconfig "$NODE_CONFIG" "$@"; }

# One that was off until its certificate ended joins again.
node_is_joined() {
  [ -s "$NODE_CONFIG" ] && openssl x509 -in "$NODE_CERTIFICATE" -noout -checkend 0 >/dev/null 2>&1
}

node_packages() {
  local list=$PACKAGES_DIR/kept pause
  if ! programs_are_here; then
    mkdir -p "$PACKAGES_DIR"
    # What a master keeps is for itself: a pool with an older kubelet has it from its host.
    if [ "$KUBELET_VERSION" = "$KUBERNETES_VERSION" ]; then kept_list "$list"; else rm -f "$list"; fi
    debs_install "$list" || { WHY="neither the store nor the hosts gave the packages" && return 1; }
  fi
  rm -rf "$PACKAGES_DIR"
  if ! { pause=$(node_pause) && containerd_configure "$pause" && containerd_runs; }; then
    WHY="containerd does not start"
    return 1
  fi
}

node_pause() { kubeadm config images list --kubernetes-version "v$KUBERNETES_VERSION" 2>/dev/null | grep '/pause:'; }

# Into JOIN_ENDPOINT, JOIN_TOKEN and JOIN_PIN.
join_read() {
  local status=0 text='' file=$RUN_DIR/join end
  secret_get "$JOIN" "$file" || status=$?
  [ "$status" -ne 0 ] || read -r text <"$file"
  rm -f "$file"
  case $status in
    0) ;;
    "$ABSENT" | "$DELETED") WHY="there are no join credentials: no master has served yet" && return "$WAIT" ;;
    *) WHY="the join credentials could not be read ($(answer_name "$status"))" && return 1 ;;
  esac
  if [[ ! $text =~ ^([a-z0-9.-]+:[0-9]+)\ ([a-z0-9]{6}\.[a-z0-9]{16})\ (sha256:[0-9a-f]{64})\ ([0-9]+)$ ]]; then
    WHY="nobody can make sense of the join credentials"
    return "$WAIT"
  fi
  JOIN_ENDPOINT=${BASH_REMATCH[1]} JOIN_TOKEN=${BASH_REMATCH[2]} JOIN_PIN=${BASH_REMATCH[3]} end=${BASH_REMATCH[4]}
  if [ "$end" -le "$(date +%s)" ]; then
    WHY="the join credentials ended $(date -ud "@$end" '+%F %T') UTC: no master renews them"
    return "$WAIT"
  fi
}

# Whether anybody answers there; who it is, kubeadm finds out by the pin.
join_answers() {
  curl --disable --silent --insecure --noproxy '*' --max-time 10 --output /dev/null "https://$JOIN_ENDPOINT/livez" && return 0
  WHY="$JOIN_ENDPOINT does not answer: no master serves"
  return "$WAIT"
}

# The values are plain words, which the rules of labels and taints see to. A short time for discovery, since credentials
# that were renewed meanwhile are read again.
join_configuration() { # ADDRESS NODE
  cat <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: $JOIN_ENDPOINT
    token: $JOIN_TOKEN
    caCertHashes: ["$JOIN_PIN"]
timeouts:
  discovery: 15s
nodeRegistration:
  name: $2
  criSocket: unix:///run/containerd/containerd.sock
  kubeletExtraArgs:
    - {name: cloud-provider, value: external}
    - {name: node-ip, value: $1}
    ${NODE_LABELS:+- {name: node-labels, value: \"$NODE_LABELS\"\}}
    ${NODE_TAINTS:+- {name: register-with-taints, value: \"$NODE_TAINTS\"\}}
YAML
}

# kubeadm takes what a try that was ended has left for somebody else's, and goes no further; so it is taken away first, and
# kubeadm's preflight, which looks for little else that has not been seen to here, is left out.
join_kubeadm() {
  local address node log=$RUN_DIR/kubeadm status=0
  if ! { address=$(cloud_address) && node=$(cloud_node); }; then
    WHY="the metadata service does not say who this machine is"
    return 1
  fi
  systemctl stop kubelet
  rm -rf "$NODE_CONFIG" "${NODE_CONFIG%/*}"/{bootstrap-kubelet.conf,pki} "${NODE_CERTIFICATE%/*}"
  : >"$KUBELET_MAY_RUN"
  # By a pipe, since the token must be neither in an argument nor in a file.
  kubeadm join --skip-phases preflight --config /dev/stdin < <(join_configuration "$address" "$node") >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    WHY="kubeadm join: $(join_complaint <"$log")"
    return 1
  fi
}

# The end of what a program has said on standard input: without the token, without warnings, and without times, so that the
# same reason is the same text.
join_complaint() {
  local text
  text=$(sed -E '/^(To see the stack trace|W[0-9]{4} |[[:space:]]*$)/d; s/^[EFI][0-9]{4} [0-9:.]+ +[0-9]+ //' | tail -n 2 | tr '\n' ' ')
  text=${text//"$JOIN_TOKEN"/TOKEN}
  printf '%s' "${text% }" | tail -c 600
}

node_joins() {
  node_is_joined || { join_read && join_answers && join_kubeadm; }
}

node_is_registered() { node_kube get node "$1" -o name; } # NODE
node_is_ready() { # NODE
  [ "$(node_kube get node "$1" --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]
}

# A kubelet that the API server refuses as a node runs on, and only its journal says why.
node_registers() {
  local node
  node=$(cloud_node) || { WHY="the metadata service does not say who this machine is" && return 1; }
  rm -f "${NODE_CONFIG%/*}/bootstrap-kubelet.conf" # where the try that got it was ended, it still has the token
  : >"$KUBELET_MAY_RUN"
  systemctl start kubelet || { WHY="kubelet does not start" && return 1; }
  if ! await 20 "$node" node_is_registered "$node"; then
    WHY="kubelet has not registered this machine: $(journalctl --unit kubelet --lines 20 --output cat 2>&1 | join_complaint)"
    return 1
  fi
}

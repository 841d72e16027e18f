# shellcheck shell=bash
# Takes this node's pods away, with the rights of its own kubelet: it may evict its own pods, and nobody else's.
# https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/

DRAIN=900
DRAIN_RECLAIMED=90 # of the two minutes that a spot market leaves, which may say so at any time

# drain NODE: 0 when no pod is left that has to go, 1 when the time is over before that.
drain() {
  local node=$1 end reclaimed='' pods said=''
  end=$(($(clock) + DRAIN))
  drain_is_over || true # the notice may be there already
  while :; do
    if drain_cordon "$node" && pods=$(drain_pods "$node"); then
      [ -n "$pods" ] || return 0
      drain_evict "$pods"
    else
      pods="the API server does not say"
    fi
    ! drain_is_over || break
    [ "$pods" = "$said" ] || say "waiting for these to end: ${pods//$'\n'/, }"
    said=$pods
    pause 5
  done
  say "no more time, and still there: ${pods//$'\n'/, }"
  return 1
}

# Into `end` and `reclaimed` of `drain`, where the spot market's notice has come.
drain_is_over() {
  if [ -z "$reclaimed" ] && cloud_is_reclaimed; then
    reclaimed=$(($(clock) + DRAIN_RECLAIMED))
    end=$((end < reclaimed ? end : reclaimed))
  fi
  [ "$(clock)" -ge "$end" ]
}

drain_cordon() { # NODE
  node_kube patch node "$1" --patch '{"spec":{"unschedulable":true}}' >/dev/null
}

# "NAMESPACE NAME", and " ending" behind it where it has been evicted. Not those that their DaemonSet would make again, nor
# kubelet's mirrors of static pods, nor what has run to its end.
drain_pods() { # NODE
  local pods
  # shellcheck disable=SC2016 # the template's own variables
  pods=$(node_kube get pods --all-namespaces --field-selector "spec.nodeName=$1" --output go-template='
    {{- range .items }}
      {{- $owner := "" }}
      {{- range .metadata.ownerReferences }}{{ if .controller }}{{ $owner = .kind }}{{ end }}{{ end }}
      {{- $mirror := "" }}
      {{- with .metadata.annotations }}{{ with index . "kubernetes.io/config.mirror" }}{{ $mirror = "mirror" }}{{ end }}{{ end }}
      {{- .status.phase }} {{ or $owner "-" }} {{ or $mirror "-" }} {{ .metadata.namespace }} {{ .metadata.name }}
      {{- if .metadata.deletionTimestamp }} ending{{ end }}
{{ end }}') || return 1
  awk '$1 !~ /^(Succeeded|Failed)$/ && $2 != "DaemonSet" && $3 == "-" { print $4, $5 ($6 ? " " $6 : "") }' <<<"$pods"
}

# A refusal by a PodDisruptionBudget is an answer too: later it may be none. Where there is no answer, a node's pods would take
# longer than it has.
drain_evict() { # PODS
  local namespace name ending why
  while read -r namespace name ending; do
    [ -z "$ending" ] || continue
    ! drain_is_over || return 0
    node_kube create --raw "/api/v1/namespaces/$namespace/pods/$name/eviction" --filename - >/dev/null 2>"$RUN_DIR/eviction" <<JSON &&
{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"namespace": "$namespace", "name": "$name"}}
JSON
      continue
    why=$(tail -n 1 "$RUN_DIR/eviction")
    say "$namespace/$name is not evicted: ${why:-no answer}"
  done <<<"$1"
}

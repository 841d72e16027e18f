# shellcheck shell=bash
# What Azure says about machines. This one's names are in its metadata:
# https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#instance-metadata

# Seconds after which a machine that does not serve asks not to be replaced. Automatic repair waits 90 minutes at most.
# https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs
# shellcheck disable=SC2034 # for whoever holds
CLOUD_PATIENCE=2700

compute() { imds "instance/compute/$1?api-version=2021-03-01&format=text"; } # NAME

# The resource's id, and after a # the machine's own, since a scale set may give a deleted machine's number away again:
# https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-instance-ids
cloud_instance() {
  local resource machine
  resource=$(remembered resource compute resourceId) && machine=$(remembered machine compute vmId) || return "$UNREACHABLE"
  printf '%s#%s\n' "$resource" "$machine"
}

cloud_address() {
  remembered address imds 'instance/network/interface/0/ipv4/ipAddress/0/privateIpAddress?api-version=2021-03-01&format=text'
}

# The host's name, since the machine's own has an underscore in a scale set, which no Node's name may have.
cloud_node() {
  local name
  name=$(remembered node compute osProfile/computerName) || return "$?"
  printf '%s\n' "${name,,}"
}

# cloud_is_gone INSTANCE: 0 where the resource is not there or belongs to another machine; 1 where it is there; else an
# answer. A machine that was just made may not be known yet, so that has to be said twice.
cloud_is_gone() {
  local again status
  [[ $1 =~ ^/subscriptions/[^?\ #]+/virtualMachines/[^/?\ #]+#[A-Za-z0-9-]+$ ]] ||
    { say "$1 is no machine" && return "$UNREACHABLE"; }
  for again in yes no; do
    status=0
    vm_read "$1" || status=$?
    case $status in
      0) return 1 ;;
      1) return 0 ;;
      "$ABSENT") ;;
      *) return "$status" ;;
    esac
    [ "$again" = no ] || pause 10
  done
}

# vm_read INSTANCE: 0 with its state in VM_STATE, 1 where the resource is another machine's now, ABSENT, or an answer.
# https://learn.microsoft.com/rest/api/compute/virtual-machines/get
# https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found
vm_read() {
  local document
  arm GET "${1%#*}" || return "$?"
  case $REPLY_CODE/$REPLY_ERROR in 404/ResourceNotFound | 404/NotFound) return "$ABSENT" ;; esac
  azure_answer || return "$?"
  document=$(printf '%s' "$REPLY_BODY" | json) || return "$UNREACHABLE"
  VM_STATE=$(sed -n 's/^\.properties\.provisioningState //p' <<<"$document")
  document=$(sed -n 's/^\.properties\.vmId //p' <<<"$document")
  [ -n "$VM_STATE" ] && [ -n "$document" ] || return "$UNREACHABLE"
  [ "${document,,}" = "$(tr '[:upper:]' '[:lower:]' <<<"${1#*#}")" ]
}

# 0 where this machine is there to stay, 1 where it is being deleted or has been.
cloud_in_service() {
  local instance status=0
  instance=$(cloud_instance) || return "$UNREACHABLE"
  vm_read "$instance" || status=$?
  case $status in
    0) [ "$VM_STATE" != Deleting ] ;;
    "$ABSENT") return 1 ;;
    *) return "$status" ;;
  esac
}

SCHEDULED_EVENTS='scheduledevents?api-version=2020-07-01'

# The id of the event that ends this machine, or takes it away from a spot set; ABSENT where there is none. The scale set has
# to ask for such events, and the first read of them takes up to two minutes, so it may be UNREACHABLE.
# https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-terminate-notification
# https://learn.microsoft.com/azure/virtual-machines/linux/scheduled-events
termination() { # [EVENT TYPES, with | between them]
  local types=${1:-Terminate|Preempt} events name index
  name=$(compute name) || return "$UNREACHABLE"
  events=$(imds "$SCHEDULED_EVENTS") || return "$UNREACHABLE"
  events=$(printf '%s' "$events" | json) || return "$UNREACHABLE"
  while read -r index; do
    if sed -n "s/^\.Events\[$index\]\.Resources\[[0-9]*\] //p" <<<"$events" | grep -Fix -- "$name" >/dev/null; then
      sed -n "s/^\.Events\[$index\]\.EventId //p" <<<"$events"
      return 0
    fi
  done < <(sed -nE "s/^\.Events\[([0-9]*)\]\.EventType ($types)\$/\1/p" <<<"$events")
  return "$ABSENT"
}

# 0 where the cloud has said that it deletes this machine, 1 where it has not.
cloud_is_ending() {
  local status=0
  termination >/dev/null || status=$?
  [ "$status" -ne "$ABSENT" ] || return 1
  return "$status"
}

# 0 where the spot market takes this machine back, half a minute or more after it has said so; 1 where it has not.
cloud_is_reclaimed() {
  local status=0
  termination Preempt >/dev/null || status=$?
  [ "$status" -ne "$ABSENT" ] || return 1
  return "$status"
}

# A scale set has no hooks. It does not wait for a machine that it launches, and no longer for one that it ends than
# notBeforeTimeout says, 15 minutes at most; so there is nothing to keep waiting, and nobody to tell that a launch is done.
cloud_heartbeat() { :; }
cloud_launched() { :; }
cloud_abandoned() { return "$ABSENT"; }

# Nor does it replace one that is switched off. Its automatic repair replaces one that runs and is found ill, which a pool's
# machine is for as long as no kubelet answers its health extension; so that one stays as it is.
# https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs
cloud_replaces_stopped() { return 1; }

# And it gives its machines their addresses itself, where they have any.
address_attach() { :; }

# Lets the cloud delete this machine now, and not only after the timeout.
cloud_ended() {
  local event status=0
  event=$(termination) || status=$?
  [ "$status" -ne "$ABSENT" ] || return 0
  [ "$status" -eq 0 ] && is_value "$event" || return "$UNREACHABLE"
  imds "$SCHEDULED_EVENTS" --header 'Content-Type: application/json' \
    --data "{\"StartRequests\":[{\"EventId\":\"$event\"}]}" >/dev/null || return "$UNREACHABLE"
}

# https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/set-orchestration-service-state
cloud_suspend_replacement() { repairs Suspend; }
cloud_resume_replacement() { repairs Resume; }

repairs() { # ACTION
  local set
  set=$(scale_set) || return "$UNREACHABLE"
  arm POST "$set/setOrchestrationServiceState" --data "{\"serviceName\":\"AutomaticRepairs\",\"action\":\"$1\"}" ||
    return "$?"
  azure_answer
}

# In a set with uniform orchestration it is part of a machine's id; one with flexible orchestration the metadata names.
scale_set() {
  local resource
  resource=$(remembered resource compute resourceId) || return "$?"
  case $resource in
    */virtualMachineScaleSets/*/virtualMachines/*) printf '%s\n' "${resource%/virtualMachines/*}" ;;
    *) compute virtualMachineScaleSet/id ;;
  esac
}

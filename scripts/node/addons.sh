#!/usr/bin/env bash
# Lays down the core add-ons of a cluster from charts, after its master serves, and keeps in the store what it took for
# that: docs/core-addons.md. keelson-addons.service runs it until it ends well. All of it may have been done before.
set -euo pipefail
: "${CLOUD:?}" "${CLUSTER:?}" "${STORE_URL:?}" "${API_NAME:?}"
[ "$CLOUD" != azure ] || : "${TENANT:?}" "${CLIENT_ID:?}" "${SUBNET:?}"
export PART=addons
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

ARCHIVES=() # each "kind name"
IMAGES=()

main() {
  local name version url sha256 namespace failed=''
  calm
  mkdir -p "$ADDONS_DIR" "$RUN_DIR/values"
  if ! addons_helm; then
    alarm addons-failed "no add-on could be laid down, since there is no helm"
    return 1
  fi
  ARCHIVES=("tool $HELM_ITEM")
  cloud_config || { alarm addons-failed "the cloud's programs could not be told where they are" && return 1; }
  while read -r name version url sha256 namespace; do
    lay_down "$name" "$version" "$url" "$sha256" "$namespace" </dev/null || failed+=" $name"
  done < <(addons_table chart)
  if [ -n "$failed" ]; then
    alarm addons-failed "could not be laid down, or not with all their images:$failed"
    return 1
  fi
  keep || { alarm keep-failed "what the add-ons are made of could not be put into the store" && return 1; }
  say "$(addons_table chart | wc -l) add-ons are laid down"
}

# Images that cannot be had are no reason to leave the rest: kubelet may get them from their registries later.
lay_down() { # CHART VERSION URL SHA256 NAMESPACE
  local chart=$1-$2 namespace=$5 archive manifests=$RUN_DIR/manifests image status=0
  addons_archive chart "$chart" "$3" "$4" || return "$?"
  archive=$(addons_file chart "$chart")
  ARCHIVES+=("chart $chart")
  addons_values "$1" "$RUN_DIR/values" || return 1
  # By the server, since what a chart renders may hang on what the cluster has.
  helm template "$1" "$archive" --namespace "$namespace" --dry-run=server "${VALUES[@]}" >"$manifests" || return 1
  for image in $(addons_images <"$manifests"); do
    IMAGES+=("$image")
    addons_image "$image" || status=$?
  done
  release_unlock "$1" "$namespace" || return 1
  # What is in the cluster is what the table and the values say, also where somebody has changed it by hand.
  helm upgrade "$1" "$archive" --install --namespace "$namespace" --create-namespace --history-max 3 --timeout 2m \
    --server-side=true --force-conflicts "${VALUES[@]}" >/dev/null || return 1
  if [ -e "$ADDONS/$1.patch.yaml" ]; then
    addons_patch "$ADDONS/$1.patch.yaml" || return 1
  fi
  return "$status"
}

# helm leaves a release locked when it is ended in between, and nobody else is at it: there is one master.
release_unlock() { # RELEASE NAMESPACE
  kube --namespace "$2" delete secret --ignore-not-found \
    --selector "owner=helm,name=$1,status in (pending-install,pending-upgrade,pending-rollback)" >/dev/null
}

keep() {
  local there item image
  for item in "${ARCHIVES[@]}"; do
    # shellcheck disable=SC2086 # two words
    addons_keep $item || return "$?"
  done
  there=$(store_list "$(addons_record image '')") || return "$?"
  for image in "${IMAGES[@]}"; do
    item=$(addons_record image "$(addons_image_item "$image")")
    grep -Fx -- "$item" <<<"$there" >/dev/null || addons_image_keep "$image" || return "$?"
  done
}

# Doubled each time up to ten minutes, over runs of this script: systemd's own way of it came with version 254.
back_off() {
  local tries seconds
  tries=$(($(cat "$RUN_DIR/tries" 2>/dev/null || echo 0) + 1))
  echo "$tries" >"$RUN_DIR/tries"
  seconds=$((tries < 6 ? 10 << tries : 600))
  say "tried again in $seconds s"
  pause "$seconds"
}

# One that does not serve has no API server to ask, and one that is fenced must change nothing.
[ -e "$SERVING" ] || exit 0
[ -n "$(addons_table chart)" ] || exit 0
if ! main; then
  back_off
  exit 1
fi
rm -f "$RUN_DIR/tries"

# shellcheck shell=bash
# What a master needs beside these scripts: Kubernetes' tools, containerd, the images of the control plane, etcd's tools.
# The first master gets them from their hosts and keeps them in the store; a rebuild depends on the store alone. Nothing is
# asked where the machine's image has them already.

KEPT=packages/
PACKAGES_DIR=${KEELSON_ROOT:-}/var/cache/keelson/${KUBERNETES_VERSION:-}-${ETCD_VERSION:-}
# shellcheck disable=SC2034 # debs.sh
PINNED=(kubeadm kubelet kubectl containerd.io)
# Kubernetes 1.36 and later work with no older one:
# https://kubernetes.io/blog/2025/08/27/kubernetes-v1-34-release/#kubernetes-to-end-containerd-1-x-support-in-v1-36
# shellcheck disable=SC2034 # debs.sh
CONTAINERD_VERSION=${CONTAINERD_VERSION:-2.*}

packages_are_here() {
  packages_programs_are_here && etcd_tools_are_here && containerd_runs && [ -z "$(images_missing || echo unknown)" ]
}

packages_programs_are_here() {
  [ "$(kubeadm version -o short 2>/dev/null)" = "v$KUBERNETES_VERSION" ] &&
    [ "$(kubelet --version 2>/dev/null)" = "Kubernetes v$KUBERNETES_VERSION" ] &&
    [[ "$(kubectl version --client 2>/dev/null) " =~ ^Client\ Version:\ v"$KUBERNETES_VERSION"[[:space:]] ]] &&
    [[ $(containerd --version 2>/dev/null) =~ \ v?[2-9]\. ]] && runc --version >/dev/null 2>&1
}

etcd_tools_are_here() {
  [[ "$(etcdctl version 2>/dev/null) " =~ ^etcdctl\ version:\ "$ETCD_VERSION"[[:space:]] ]] &&
    [[ "$(etcdutl version 2>/dev/null) " =~ ^etcdutl\ version:\ "$ETCD_VERSION"[[:space:]] ]]
}

# 0, or what there is none of: UNREACHABLE where neither store nor hosts gave it. What has come is found again by the next
# try.
packages_install() {
  local list=$PACKAGES_DIR/kept status=0
  mkdir -p "$PACKAGES_DIR/images" || return 1
  kept_list "$list" || status=$?
  case $status in
    0) ;;
    "$ABSENT") say "the store keeps no packages of this version yet" ;;
    *) say "the list of kept packages could not be used ($(answer_name "$status"))" ;;
  esac
  [ "$status" -eq 0 ] || rm -f "$list"
  packages_programs_are_here || debs_install "$list" || return "$?"
  packages_configure || return 1
  containerd_runs || { say "containerd does not start" && return 1; }
  images_install "$list" || return "$?"
  etcd_tools_install
}

# Puts what this machine installed into the store, each thing under its digest, and then the list that names them: without
# a list nothing counts.
packages_keep() {
  local list=$PACKAGES_DIR/list status=0 there kind name digest size
  store_get "$(kept_key)" "$RUN_DIR/kept" || status=$?
  case $status in
    0) return 0 ;;
    "$ABSENT" | "$DELETED") ;;
    *) return "$status" ;;
  esac
  [ -d "$PACKAGES_DIR" ] || return 0 # the machine's image has all that it needs
  images_export || return 1
  items_list | write_whole "$list" || return 1
  there=$(store_list "${KEPT}sha256/") || return "$?"
  while read -r kind digest size name; do
    if grep -Fx -- "${KEPT}sha256/$digest" <<<"$there" >/dev/null; then continue; fi
    status=0
    store_put_new "${KEPT}sha256/$digest" "$PACKAGES_DIR/$(item_file "$kind" "$name")" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
    say "kept: $name, $(((size + 1048575) / 1048576)) MiB"
  done < <(items "$list")
  status=0
  store_put_new "$(kept_key)" "$list" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
  say "$(items "$list" | wc -l) packages and images are kept in the store"
  rm -f "$PACKAGES_DIR"/images/*.tar
}

architecture() { dpkg --print-architecture; }

kept_key() { printf '%s%s-%s-%s.json' "$KEPT" "$KUBERNETES_VERSION" "$ETCD_VERSION" "$(architecture)"; }

item_file() { # KIND NAME: below $PACKAGES_DIR
  case $1 in
    package) printf 'debs/%s' "$2" ;;
    *) printf 'images/%s.tar' "${2//\//%}" ;;
  esac
}

# The list of what lies here: an item on a line, as `items` reads it.
items_list() {
  local file kind name comma=''
  printf '{\n  "kubernetes": "%s",\n  "etcd": "%s",\n  "architecture": "%s",\n  "items": [' \
    "$KUBERNETES_VERSION" "$ETCD_VERSION" "$(architecture)"
  for file in "$PACKAGES_DIR"/debs/*.deb "$PACKAGES_DIR"/images/*.tar; do
    [ -e "$file" ] || continue # where the machine's image had the programs
    name=${file##*/}
    case $file in
      *.deb) kind=package ;;
      *) kind=image name=${name%.tar} name=${name//%//} ;;
    esac
    printf '%s\n    {"kind": "%s", "name": "%s", "size": %s, "sha256": "%s"}' "$comma" "$kind" "$name" \
      "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d' ' -f1)"
    comma=,
  done
  printf '\n  ]\n}\n'
}

# "kind digest size name" of each item on a line. A name becomes a file's, so what would lead elsewhere is no name.
items() { # LIST
  sed -n 's|^ *{"kind": "\([a-z]*\)", "name": "\([A-Za-z0-9][A-Za-z0-9.+~_%:/@-]*\)", "size": \([0-9]*\), "sha256": "\([0-9a-f]\{64\}\)"},\{0,1\}$|\1 \4 \3 \2|p' "$1" |
    grep -v '^package .*/' || true
}

kept_list() { # FILE
  local status=0
  store_get "$(kept_key)" "$1" || status=$?
  [ "$status" -ne "$DELETED" ] || status=$ABSENT
  [ "$status" -eq 0 ] || return "$status"
  if [ "$(field kubernetes "$1")" != "$KUBERNETES_VERSION" ] || [ "$(field etcd "$1")" != "$ETCD_VERSION" ] ||
    [ "$(field architecture "$1")" != "$(architecture)" ] || [ -z "$(items "$1")" ]; then
    alarm package-damaged "$(kept_key) in the store is not the list of this version"
    return "$ABSENT"
  fi
}

# fetch_kept KIND LIST DIRECTORY: all items of a kind, each checked before it gets its name. 1 where one is damaged or gone,
# with the others here; an answer where the store could not say.
fetch_kept() {
  local kind digest size name file status whole=0
  while read -r kind digest size name; do
    [ "$kind" = "$1" ] || continue
    file=$(item_file "$kind" "$name")
    file=$3/${file##*/}
    if is_digest "$file" "$digest"; then continue; fi
    status=0
    store_get "${KEPT}sha256/$digest" "$file.fetched" || status=$?
    case $status in
      0) ;;
      "$ABSENT" | "$DELETED") : >"$file.fetched" ;;
      *) return "$status" ;;
    esac
    if is_digest "$file.fetched" "$digest"; then
      mv "$file.fetched" "$file"
    else
      rm -f "$file.fetched"
      whole=1
      alarm package-damaged "$name in the store is not what was kept as ${KEPT}sha256/$digest"
    fi
  done < <(items "$2")
  return "$whole"
}

is_digest() { # FILE SHA256
  [ -e "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]
}

# shellcheck shell=bash
# What a master needs beside these scripts: Kubernetes' tools, containerd, the images of the control plane, etcd's tools.
# The first master gets them from their hosts and keeps them in the store; a rebuild depends on the store alone. Nothing is
# asked where the machine's image has them already.

packages_are_here() {
  programs_are_here && etcd_tools_are_here && containerd_runs && [ -z "$(images_missing || echo unknown)" ]
}

etcd_tools_are_here() {
  [[ "$(etcdctl version 2>/dev/null) " =~ ^etcdctl\ version:\ "$ETCD_VERSION"[[:space:]] ]] &&
    [[ "$(etcdutl version 2>/dev/null) " =~ ^etcdutl\ version:\ "$ETCD_VERSION"[[:space:]] ]]
}

# 0, or what there is none of: UNREACHABLE where neither store nor hosts gave it. What has come is found again by the next
# try.
packages_install() {
  local list=$PACKAGES_DIR/kept pause
  mkdir -p "$PACKAGES_DIR/images" || return 1
  kept_list "$list"
  programs_are_here || debs_install "$list" || return "$?"
  pause=$(image_named pause) && containerd_configure "$pause" || return 1
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

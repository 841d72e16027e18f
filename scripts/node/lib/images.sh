# shellcheck shell=bash
# The images that kubeadm's configuration names, and what comes out of them.

images_wanted() { # of these versions it is always the same
  local list=$RUN_DIR/images-$KUBERNETES_VERSION-$ETCD_VERSION
  if [ ! -s "$list" ]; then
    kubeadm config images list --config "$STATE_DIR/kubeadm.yaml" 2>/dev/null | write_whole "$list" || return 1
  fi
  cat "$list"
}

image_named() { # NAME, such as pause: the image with its registry and tag
  images_wanted | grep "/$1:"
}

images_missing() { # each on a line
  local wanted have
  wanted=$(images_wanted) && [ -n "$wanted" ] && have=$(ctr -n k8s.io images ls -q) || return 1
  grep -vxF -- "$have" <<<"$wanted" || true
}

images_install() { # LIST of what the store keeps, which need not be there
  local missing image file
  missing=$(images_missing) || return 1
  [ -n "$missing" ] || return 0
  [ ! -e "$1" ] || fetch_kept image "$1" "$PACKAGES_DIR/images" || say "not all images come from the store"
  for image in $missing; do
    file=$PACKAGES_DIR/$(item_file image "$image")
    if [ -e "$file" ] && ctr -n k8s.io images import "$file" >/dev/null; then
      rm -f "$file"
    elif ! ctr -n k8s.io images pull --platform "linux/$(architecture)" "$image" >/dev/null; then
      say "neither the store nor its registry gave $image"
      return "$UNREACHABLE"
    fi
  done
  [ -z "$(images_missing || echo unknown)" ] || { say "an image is not what its name says" && return 1; }
}

# Into files that `packages_keep` puts into the store, each image by itself, since versions have some in common.
images_export() {
  local image file wanted
  wanted=$(images_wanted) || return 1
  for image in $wanted; do
    file=$PACKAGES_DIR/$(item_file image "$image")
    if [ -e "$file" ]; then continue; fi
    # Only one platform's layers have been pulled, and the flag has to stand before the names.
    ctr -n k8s.io images export --platform "linux/$(architecture)" "$file.part" "$image" && mv "$file.part" "$file" ||
      return 1
  done
}

# etcd's own tools, of the very version that runs, out of its image.
etcd_tools_install() {
  local image directory=$RUN_DIR/etcd-image program status=0
  if etcd_tools_are_here; then return 0; fi
  image=$(image_named etcd) || return 1
  ctr -n k8s.io images unmount --rm "$directory" >/dev/null 2>&1 || true # of a try that was ended
  mkdir -p "$directory"
  ctr -n k8s.io images mount "$image" "$directory" >/dev/null || return 1
  for program in etcdctl etcdutl; do
    install -m 755 "$directory/usr/local/bin/$program" "/usr/local/bin/$program.new" &&
      mv "/usr/local/bin/$program.new" "/usr/local/bin/$program" || status=1
  done
  ctr -n k8s.io images unmount --rm "$directory" >/dev/null || true
  if [ "$status" -ne 0 ] || ! etcd_tools_are_here; then
    say "$image has no etcdctl and etcdutl $ETCD_VERSION"
    return 1
  fi
}

# shellcheck shell=bash
# The core add-ons' charts, helm, and the images that the charts name: from the store where it keeps them, else from their
# hosts. Each thing that is kept has a record of its own under packages/addons/, which names its digest, so that a table
# that changes in one row asks for nothing else anew.

ADDONS=$(dirname "$LIB")/addons
ADDONS_DIR=${KEELSON_ROOT:-}/var/cache/keelson/addons
# What values may ask for, in place of ${NAME}: of user data, or of what cloud_config sets.
ADDONS_NAMES=(API_NAME AWS_REGION CLIENT_ID CLUSTER RESOURCE_GROUP SUBSCRIPTION)

# "name version url sha256 where" of each row of this cloud on a line.
addons_table() { # tool or chart
  awk -F '\t' -v kind="$1" -v cloud="$CLOUD" \
    '!/^#/ && $1 == kind && index("," $7 ",", "," cloud ",") { print $2, $3, $4, $5, $6 }' "$ADDONS/charts.tsv"
}

# A document with values in place of what it asks for. Only known names, and only values that are nothing but text in YAML.
addons_filled() { # FILE
  local text name
  text=$(<"$1") || return 1
  for name in "${ADDONS_NAMES[@]}"; do
    [[ $text == *"\${$name}"* ]] || continue
    if [[ ! ${!name:-} =~ ^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$ ]]; then
      say "$name is not one plain word, and ${1##*/} asks for it"
      return 1
    fi
    text=${text//"\${$name}"/"${!name}"}
  done
  if [[ $text == *"\${"* ]]; then
    say "${1##*/} asks for something that nobody gives"
    return 1
  fi
  printf '%s\n' "$text"
}

# Writes the values of a chart into DIRECTORY, those of the cloud second; helm's arguments for them are in VALUES.
addons_values() { # CHART DIRECTORY
  local file
  VALUES=()
  for file in "$1.yaml" "$1.$CLOUD.yaml"; do
    [ -e "$ADDONS/$file" ] || continue
    addons_filled "$ADDONS/$file" >"$2/$file" || return 1
    VALUES+=(--values "$2/$file")
  done
}

# Lays down what a chart cannot say. A kind that the chart's own program brings, as Cilium's operator does, is there some time after
# the chart: it is waited for, two minutes at most.
addons_patch() { # FILE
  local errors=$RUN_DIR/errors try
  for try in {1..24}; do
    if kube apply --server-side --force-conflicts --field-manager keelson --filename "$1" >/dev/null 2>"$errors"; then return 0; fi
    grep -E 'no matches for kind|could not find the requested resource' "$errors" >/dev/null || break
    [ "$try" -ne 1 ] || say "waiting for a kind that ${1##*/} names"
    pause 5
  done
  cat "$errors" >&2
  return 1
}

addons_file() { # KIND NAME
  local file
  file=$(item_file "$1" "$2")
  printf '%s/%s' "$ADDONS_DIR" "${file##*/}"
}

addons_record() { printf '%saddons/%s/%s' "$KEPT" "$1" "${2:+$2.json}"; } # KIND NAME: its key

addons_item() { # KIND NAME SIZE SHA256, as `items` reads it
  printf '{"kind": "%s", "name": "%s", "size": %s, "sha256": "%s"}\n' "$1" "$2" "$3" "$4"
}

# addons_digest KIND NAME: the digest of what the store keeps under this name, nothing where it keeps none; or an answer.
addons_digest() {
  local record=$RUN_DIR/record status=0 digest
  store_get "$(addons_record "$1" "$2")" "$record" || status=$?
  case $status in
    0) ;;
    "$ABSENT" | "$DELETED") return 0 ;;
    *) return "$status" ;;
  esac
  digest=$(items "$record" | awk -v kind="$1" -v name="$2" '$1 == kind && $4 == name { print $2 }')
  if ! [[ $digest =~ ^[0-9a-f]{64}$ ]]; then
    alarm package-damaged "$(addons_record "$1" "$2") in the store is not the record of $2"
    return 1
  fi
  echo "$digest"
}

# What the store keeps as DIGEST, into the item's file. 1 where it is not there or damaged.
addons_from_store() { # KIND NAME DIGEST
  local there list=$RUN_DIR/list
  there=$(store_list "${KEPT}sha256/$3") || return "$?"
  [ "$there" = "${KEPT}sha256/$3" ] || return 1
  addons_item "$1" "$2" 0 "$3" >"$list"
  fetch_kept "$1" "$list" "$ADDONS_DIR"
}

# An archive into the item's file. Where the table does not say its digest, the one that was kept first is the right one;
# a store that cannot say whether there is one leaves it open, and then nothing is taken from a host.
addons_archive() { # KIND NAME URL SHA256
  local digest=$4 file status=0
  file=$(addons_file "$1" "$2")
  if [ "$digest" = unverified ]; then
    digest=$(addons_digest "$1" "$2") || status=$?
    if [ "$status" -ne 0 ]; then
      say "$2: its record in the store could not be used ($(answer_name "$status")), so nothing says what it has to be"
      return "$status"
    fi
  fi
  if [ -n "$digest" ]; then
    if is_digest "$file" "$digest" || addons_from_store "$1" "$2" "$digest"; then return 0; fi
  elif [ -e "$file" ]; then
    return 0 # of a run that came to no good end
  fi
  "${CURL[@]}" --location --proto-redir =https --fail --retry 2 --output "$file.fetched" "$3" || {
    say "neither the store nor its host gave $2"
    rm -f "$file.fetched"
    return "$UNREACHABLE"
  }
  if [ -z "$digest" ]; then
    say "$2 comes from its host for the first time, unverified: sha256 $(sha256sum "$file.fetched" | cut -d' ' -f1)"
  elif ! is_digest "$file.fetched" "$digest"; then
    say "what its host gives for $2 is not what it has to be, and is not used"
    rm -f "$file.fetched"
    return 1
  fi
  mv "$file.fetched" "$file"
}

# The program, of the table's version, at $HELM; $HELM_ITEM is what it comes from.
addons_helm() {
  local name version url sha256 where
  while read -r name version url sha256 where; do
    if [ "$name" != helm ] || [ "$where" != "$(architecture)" ]; then continue; fi
    HELM=$ADDONS_DIR/helm-$version HELM_ITEM=helm-$version-$where
    addons_archive tool "$HELM_ITEM" "$url" "$sha256" || return "$?"
    if [ -x "$HELM" ]; then return 0; fi
    tar --extract --gzip --to-stdout --file "$(addons_file tool "$HELM_ITEM")" "linux-$where/helm" >"$HELM.new" &&
      chmod 755 "$HELM.new" && mv "$HELM.new" "$HELM"
    return "$?"
  done < <(addons_table tool)
  say "the table has no helm for $(architecture)"
  return 1
}

helm() {
  # A unit has no home, and it must not use that of whoever calls this.
  HOME=$RUN_DIR "$HELM" --kubeconfig /etc/kubernetes/super-admin.conf --kube-apiserver "$API" "$@"
}

# The images that a chart's objects name, each by the name that kubelet asks containerd for: where there is a digest, without
# the tag. https://pkg.go.dev/github.com/distribution/reference#ParseDockerRef
addons_images() { # MANIFESTS on standard input
  { grep -oE "(^|[ {,])image: *[\"']?[^]\"' ,}]+" || true; } | sed "s/^.*image: *[\"']*//" |
    sed 's/:[^:/@]*@/@/' | sort -u
}

addons_image_item() { printf '%s-%s' "$1" "$(architecture)"; } # IMAGE

addons_image() { # IMAGE, into containerd
  local item file digest status=0
  item=$(addons_image_item "$1")
  file=$(addons_file image "$item")
  if ctr -n k8s.io images ls -q | grep -xF -- "$1" >/dev/null; then return 0; fi
  digest=$(addons_digest image "$item") || status=$?
  [ "$status" -eq 0 ] || say "$1: its record in the store could not be used ($(answer_name "$status"))"
  if [ -n "$digest" ] && addons_from_store image "$item" "$digest"; then
    status=0
    ctr -n k8s.io images import "$file" >/dev/null || status=$?
    rm -f "$file"
    [ "$status" -ne 0 ] || return 0
  fi
  ctr -n k8s.io images pull --platform "linux/$(architecture)" "$1" >/dev/null && return 0
  say "neither the store nor its registry gave $1"
  return "$UNREACHABLE"
}

# addons_keep KIND NAME: puts the item's file into the store under its digest, and then the record that names it.
addons_keep() {
  local file digest there status=0
  file=$(addons_file "$1" "$2")
  digest=$(sha256sum "$file" | cut -d' ' -f1)
  there=$(store_list "${KEPT}sha256/$digest") || return "$?"
  if [ "$there" != "${KEPT}sha256/$digest" ]; then
    store_put_new "${KEPT}sha256/$digest" "$file" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
    say "kept: $2, $((($(stat -c %s "$file") + 1048575) / 1048576)) MiB"
  fi
  addons_item "$1" "$2" "$(stat -c %s "$file")" "$digest" >"$RUN_DIR/record"
  status=0
  store_put_new "$(addons_record "$1" "$2")" "$RUN_DIR/record" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ]
}

addons_image_keep() { # IMAGE
  local item file
  item=$(addons_image_item "$1")
  file=$(addons_file image "$item")
  ctr -n k8s.io images export --platform "linux/$(architecture)" "$file" "$1" || return 1
  addons_keep image "$item" || return "$?"
  rm -f "$file"
}

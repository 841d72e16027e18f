# shellcheck shell=bash
# What the first master of a version has kept in the store: packages and images, each under its digest, and a list that names
# them. On the machine they lie in a directory of that version's own.
# shellcheck disable=SC2034 # used by those who source this

KEPT=packages/
PACKAGES_DIR=${KEELSON_ROOT:-}/var/cache/keelson/${KUBERNETES_VERSION:-}-${ETCD_VERSION:-}

architecture() { dpkg --print-architecture; }

kept_key() { printf '%s%s-%s-%s.json' "$KEPT" "$KUBERNETES_VERSION" "$ETCD_VERSION" "$(architecture)"; }

item_file() { # KIND NAME: below $PACKAGES_DIR
  case $1 in
    package) printf 'debs/%s' "$2" ;;
    *) printf 'images/%s.tar' "${2//\//%}" ;;
  esac
}

# "kind digest size name" of each item on a line. A name becomes a file's, so what would lead elsewhere is no name.
items() { # LIST
  sed -n 's|^ *{"kind": "\([a-z]*\)", "name": "\([A-Za-z0-9][A-Za-z0-9.+~_%:/@-]*\)", "size": \([0-9]*\), "sha256": "\([0-9a-f]\{64\}\)"},\{0,1\}$|\1 \4 \3 \2|p' "$1" |
    grep -v '^package .*/' || true
}

# The list of this version comes to FILE, which is not there where there is none to be had.
kept_list() { # FILE
  local status=0
  rm -f "$1"
  store_get "$(kept_key)" "$1" || status=$?
  if [ "$status" -eq 0 ] && ! kept_list_is_ours "$1"; then
    alarm package-damaged "$(kept_key) in the store is not the list of this version"
    rm -f "$1"
    status=$ABSENT
  fi
  case $status in
    0) ;;
    "$ABSENT" | "$DELETED") say "the store keeps no packages of this version yet" ;;
    *) say "the list of kept packages could not be used ($(answer_name "$status"))" ;;
  esac
}

kept_list_is_ours() { # FILE
  [ "$(field kubernetes "$1")" = "$KUBERNETES_VERSION" ] && [ "$(field etcd "$1")" = "$ETCD_VERSION" ] &&
    [ "$(field architecture "$1")" = "$(architecture)" ] && [ -n "$(items "$1")" ]
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

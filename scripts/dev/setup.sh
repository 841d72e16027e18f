#!/usr/bin/env bash
# Installs what the tests need beside npm's packages, at pinned versions, and skips what is already there.
# What it builds goes to ~/.cache/keelson/tools/bin, which has to be on the PATH afterwards.
set -euo pipefail

HERE=$(cd "$(dirname "$0")" && pwd)
OPENTOFU_VERSION=1.12.6 # the versions of every other build stand in tools/*/go.mod
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/keelson/tools
DEBIAN_PACKAGES=(shellcheck nftables iproute2 curl)
NODES_DEBIAN_PACKAGES=(faketime jq openssl socat systemd)
LIVE_DEBIAN_PACKAGES=(gnupg util-linux busybox-static patch strace)

say() { echo "setup: $*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

usage() {
  cat <<USAGE
Usage: scripts/dev/setup.sh [nodes | live]

  (nothing)  what 'npm test' needs: Debian packages, and OpenTofu where there is no recent Terraform
  nodes      that, and what 'npm run test:nodes' needs: etcd, etcdctl and etcdutl of two minors, kube-apiserver, kube-controller-manager,
             kubeadm, kubectl, MinIO, helm, and the kubelet's rules. Built from Go modules: ten minutes on two cores, once.
  live       all that, and what 'npm run test:live' needs: Consul, Vault and Terraform's provider for
             Kubernetes, from Go modules too: ten minutes more, once. All builds together leave 16 GB in Go's
             caches, which may be deleted.

Builds go to $TOOLS/bin, each as <command>-<version> with a shorter name beside it: etcd-3.6, kubeadm.
USAGE
}

# Terraform's version command prints warnings about its settings too. sed reads them all: a reader that stops early, as grep -m1
# does, now and then ends Terraform by SIGPIPE, and with pipefail a recent one then counts as none.
terraform_is_recent() {
  local version
  version=$("$1" version 2>/dev/null | sed -nE 's/^(Terraform|OpenTofu) v([0-9]+\.[0-9]+).*/\2/p') && [ -n "$version" ] || return 1
  [ "${version%%.*}" -gt 1 ] || [ "${version#*.}" -ge 10 ]
}

debian_packages() {
  local missing=() package
  for package; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! has apt-get || [ "$(id -u)" -ne 0 ]; then
    say "not installed, since this needs root on Debian or Ubuntu: ${missing[*]}; tests that use them are skipped"
    return 0
  fi
  say "installing ${missing[*]}"
  apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" >/dev/null
}

# Commands are built in here and then renamed into place, so that an interruption leaves none half written under its final name.
new_scratch() {
  mkdir -p "$TOOLS/bin"
  find "$TOOLS" -maxdepth 1 -name 'build.*' -mmin +240 -exec rm -rf {} + # what a killed run left
  scratch=$(mktemp -d "$TOOLS/build.XXXXXX")
}
scratch=
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT

terraform_or_opentofu() {
  if has terraform && terraform_is_recent terraform; then return 0; fi
  if has tofu && terraform_is_recent tofu; then return 0; fi
  if [ -x "$TOOLS/bin/tofu-$OPENTOFU_VERSION" ]; then
    ln -sf "tofu-$OPENTOFU_VERSION" "$TOOLS/bin/tofu"
    return 0
  fi
  has go || {
    say "neither Terraform nor OpenTofu 1.10 or later is here, and no Go to build OpenTofu $OPENTOFU_VERSION with"
    exit 1
  }
  say "building OpenTofu $OPENTOFU_VERSION from its Go module: some minutes, once"
  local module
  new_scratch
  # `go install module@version` refuses a module with replace directives, so its source is built where it lies.
  module=$(cd "$scratch" && GOFLAGS=-mod=mod go mod download -json "github.com/opentofu/opentofu@v$OPENTOFU_VERSION" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
  cp -R "$module/." "$scratch"
  chmod -R u+w "$scratch"
  (cd "$scratch" && CGO_ENABLED=0 go build -trimpath -o "built/tofu-$OPENTOFU_VERSION" \
    -ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" ./cmd/tofu)
  mv "$scratch/built/tofu-$OPENTOFU_VERSION" "$TOOLS/bin/"
  rm -rf "$scratch"
  ln -sf "tofu-$OPENTOFU_VERSION" "$TOOLS/bin/tofu"
}

# Builds the Go tools of tools/<directory>, whose go.sum every module has to match. Arguments: the directory, the module whose
# version the commands get in their names, and the commands. tools/etcd-3.6 gives etcd-3.6 too, and tools/minio gives minio.
go_commands() {
  local directory=$1 module=$2 version flags='-s -w' suffix='' command missing=() tags=''
  local source=$HERE/tools/$directory patch=$HERE/tools/$directory/$directory.patch
  shift 2
  version=$(awk -v module="$module" '$1 == module && $2 ~ /^v/ { print substr($2, 2) }' "$HERE/tools/$directory/go.mod")
  [ -n "$version" ] || {
    say "tools/$directory/go.mod does not require $module"
    exit 1
  }
  # A program of ours changes while the version stays.
  [ ! -e "$HERE/tools/$directory/main.go" ] || version+=-$(sha256sum <"$HERE/tools/$directory/main.go" | cut -c 1-8)
  [ ! -e "$patch" ] || version+=-$(sha256sum <"$patch" | cut -c 1-8)
  for command; do
    [ -x "$TOOLS/bin/$command-$version" ] || missing+=("$command")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    has go || {
      say "no Go to build ${missing[*]} $version with"
      exit 1
    }
    say "building ${missing[*]} $version from Go modules: some minutes, once"
    [ "$directory" != kubernetes ] || flags+=" $(kubernetes_stamp "$version")"
    [ "$directory" != vault ] || tags=minimal
    new_scratch
    if [ -e "$patch" ]; then
      source=$scratch/source
      patched_module "$directory" "$module" "$patch" "$source"
    fi
    (cd "$source" && CGO_ENABLED=0 GOWORK=off \
      go build -mod=readonly -buildvcs=false -trimpath -tags "$tags" -ldflags "$flags" -o "$scratch/" tool)
    [ ! -e "$scratch/server" ] || mv "$scratch/server" "$scratch/etcd" # Go names a command after its package
    for command; do
      mv "$scratch/$command" "$TOOLS/bin/$command-$version"
    done
    rm -rf "$scratch"
  fi
  [ "$directory" = "${directory#*-}" ] || suffix=-${directory#*-}
  for command; do
    ln -sf "$command-$version" "$TOOLS/bin/$command$suffix"
  done
}

# Makes a directory from which go.mod's module is built with a patch of ours. Arguments: the tool's directory, its module, the patch, and
# the directory.
patched_module() {
  local original
  mkdir "$4"
  cp "$HERE/tools/$1/"go.* "$4"
  original=$(cd "$4" && GOWORK=off go mod download -json "$2" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
  cp -R "$original" "$4/module"
  chmod -R u+w "$4/module"
  patch --quiet --strip=1 --directory="$4/module" <"$3"
  (cd "$4" && go mod edit -replace "$2=./module")
}

# Kubernetes' own build sets these. Without them each command takes itself for v0.0.0, and kubeadm for a development build.
kubernetes_stamp() {
  local package=k8s.io/component-base/version major minor
  IFS=. read -r major minor _ <<<"$1"
  echo "-X $package.gitVersion=v$1 -X $package.gitMajor=$major -X $package.gitMinor=$minor"
}

case ${1:-} in
  "" | nodes | live) ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

debian_packages "${DEBIAN_PACKAGES[@]}"
terraform_or_opentofu
if [ -n "${1:-}" ]; then
  debian_packages "${NODES_DEBIAN_PACKAGES[@]}"
  go_commands etcd-3.6 go.etcd.io/etcd/server/v3 etcd etcdctl etcdutl
  go_commands etcd-3.7 go.etcd.io/etcd/server/v3 etcd etcdctl etcdutl
  go_commands kubernetes k8s.io/kubernetes kube-apiserver kube-controller-manager kubeadm kubectl
  go_commands kubelet k8s.io/kubernetes kubelet-rules
  go_commands minio github.com/minio/minio minio
  go_commands helm helm.sh/helm/v4 helm
fi
if [ "${1:-}" = live ]; then
  debian_packages "${LIVE_DEBIAN_PACKAGES[@]}"
  go_commands provider github.com/hashicorp/terraform-provider-kubernetes terraform-provider-kubernetes
  go_commands consul github.com/hashicorp/consul consul
  # Its own small build, without the plug-ins of clouds and databases, which are most of its compilation: docs/live-tests.md.
  go_commands vault github.com/hashicorp/vault vault
fi

case ":$PATH:" in
  *":$TOOLS/bin:"*) ;;
  *) [ ! -d "$TOOLS/bin" ] || say "add the tools to your PATH: export PATH=\"$TOOLS/bin:\$PATH\"" ;;
esac

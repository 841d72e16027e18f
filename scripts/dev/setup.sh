#!/usr/bin/env bash
# Installs what the tests need beside npm's packages, at pinned versions, and skips what is already there.
# What it builds goes to ~/.cache/keelson/tools/bin, which has to be on the PATH afterwards.
set -euo pipefail

OPENTOFU_VERSION=1.12.6
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/keelson/tools
DEBIAN_PACKAGES=(shellcheck nftables iproute2 curl)

say() { echo "setup: $*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

# Terraform's version command prints warnings about its settings too: only the first line of it counts.
terraform_is_recent() {
  local version
  version=$("$1" version 2>/dev/null | grep -m1 -oE '^(Terraform|OpenTofu) v[0-9]+\.[0-9]+' | grep -oE '[0-9]+\.[0-9]+$') || return 1
  [ "${version%%.*}" -gt 1 ] || [ "${version#*.}" -ge 10 ]
}

debian_packages() {
  local missing=() package
  for package in "${DEBIAN_PACKAGES[@]}"; do
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
  mkdir -p "$TOOLS/bin"
  local scratch module
  scratch=$(mktemp -d "$TOOLS/build.XXXXXX")
  # `go install module@version` refuses a module with replace directives, so its source is built where it lies.
  module=$(cd "$scratch" && GOFLAGS=-mod=mod go mod download -json "github.com/opentofu/opentofu@v$OPENTOFU_VERSION" |
    sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p')
  cp -R "$module/." "$scratch"
  chmod -R u+w "$scratch"
  (cd "$scratch" && CGO_ENABLED=0 go build -trimpath -o "$TOOLS/bin/tofu-$OPENTOFU_VERSION" \
    -ldflags "-s -w -X github.com/opentofu/opentofu/version.dev=no" ./cmd/tofu)
  rm -rf "$scratch"
  ln -sf "tofu-$OPENTOFU_VERSION" "$TOOLS/bin/tofu"
}

debian_packages
terraform_or_opentofu

case ":$PATH:" in
  *":$TOOLS/bin:"*) ;;
  *) [ ! -d "$TOOLS/bin" ] || say "add the tools to your PATH: export PATH=\"$TOOLS/bin:\$PATH\"" ;;
esac

#!/usr/bin/env bash
# Fetches the document that a preview's run has uploaded. The run may be that of a stranger's fork: of the archive only the
# one file is read, and of that no more than a document may have.
set -euo pipefail
: "${GH_TOKEN:?a token that can read the run}" "${GITHUB_REPOSITORY:?owner/name}" "${RUN_ID:?the run}" "${OUT:?where to}"
readonly MAX=20000000

ids=$(gh api "repos/$GITHUB_REPOSITORY/actions/runs/$RUN_ID/artifacts" \
  --jq ".artifacts[] | select(.name == \"preview\" and .expired == false and .size_in_bytes < $MAX) | .id")
id=${ids%%$'\n'*}
if [[ -z $id ]]; then
  echo "run $RUN_ID has no preview, or one that is too big" >&2
  exit 1
fi

archive=$(mktemp)
trap 'rm -f "$archive"' EXIT
gh api "repos/$GITHUB_REPOSITORY/actions/artifacts/$id/zip" >"$archive"
# One byte more than is allowed is enough to be refused when it is read; what comes after is not unpacked.
unzip -p "$archive" preview.json 2>/dev/null | head -c $((MAX + 1)) >"$OUT" || true

#!/usr/bin/env bash
# Puts a preview into the one comment that a pull request has for it. Which pull request that is follows from what GitHub says
# of the run, never from what the run has written.
set -euo pipefail
: "${GH_TOKEN:?a token that can comment}" "${GITHUB_REPOSITORY:?owner/name}" "${COMMENT:?a file with the comment}"
: "${HEAD_OWNER:?who owns the branch}" "${HEAD_BRANCH:?the branch}" "${HEAD_SHA:?the commit that was previewed}"
readonly MARKER='<!-- keelson:preview -->'

number=$(gh api --method GET "repos/$GITHUB_REPOSITORY/pulls" -f state=open -f "head=$HEAD_OWNER:$HEAD_BRANCH" |
  jq -r --arg sha "$HEAD_SHA" 'map(select(.head.sha == $sha)) | .[0].number // empty')
if [[ -z $number ]]; then
  echo "no open pull request is at $HEAD_SHA any more; a newer preview will come" >&2
  exit 0
fi

# Anybody can write a comment with the marker in it; only the bot's own is written over.
existing=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" |
  jq -rs --arg marker "$MARKER" \
    'add // [] | map(select(.user.login == "github-actions[bot]" and (.body | startswith($marker)))) | .[0].id // empty')
if [[ -n $existing ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$existing" -F "body=@$COMMENT" >/dev/null
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$COMMENT" >/dev/null
fi

# shellcheck shell=bash
# Sends requests, and says what they were answered with. Whoever treats two answers alike has to say so: taking "could
# not be read" for "is not there" is how clusters get lost.
# shellcheck disable=SC2034 # used by those who source this

ABSENT=10      # it is not there, and nothing says that it ever was
DELETED=11     # it is not there now, but a delete marker or an older version is
NO_STORE=12    # the bucket or container itself is not there
DENIED=13      # we are not let in, so it may be there
UNREACHABLE=14 # no answer, one cut short, one that nobody can make sense of, or one that says to come back later
TAKEN=15       # a conditional write lost: something else is there

answer_name() {
  case $1 in
    0) echo present ;;
    "$ABSENT") echo absent ;;
    "$DELETED") echo deleted ;;
    "$NO_STORE") echo no-store ;;
    "$DENIED") echo denied ;;
    "$TAKEN") echo taken ;;
    *) echo unreachable ;;
  esac
}

# Whether an answer leaves open what is there. A status that is none of the answers does.
is_unknown() {
  case $1 in
    0 | "$ABSENT" | "$DELETED" | "$NO_STORE" | "$TAKEN") return 1 ;;
    *) return 0 ;;
  esac
}

# A request that moves less than 1 KB/s for half a minute is over: the callers try again, and this must not hang a boot.
# --disable: a .curlrc on the machine must not change what a boot does.
CURL=(curl --disable --silent --show-error --connect-timeout 5 --max-time 1800 --speed-limit 1024 --speed-time 30)

# request SECRETS [curl arguments]: SECRETS are lines of curl's configuration; they go through a file descriptor, since
# arguments and the environment of a process can be read by others. UNREACHABLE, or 0 with
#   REPLY_CODE   the HTTP status
#   REPLY_ERROR  the error code of S3 or Blob, empty where the answer has none
#   REPLY_ETAG, REPLY_LENGTH, and REPLY_DELETED: "true" for S3's delete marker
#   REPLY_BODY   the body, or what of it did not go to a file by --output
# Needs curl 7.84 for %header{}; Ubuntu 24.04 has 8.5.
request() {
  local secrets=$1 out
  shift
  REPLY_CODE='' REPLY_ERROR='' REPLY_ETAG='' REPLY_LENGTH='' REPLY_DELETED='' REPLY_BODY=''
  out=$("${CURL[@]}" --config <(printf '%s\n' "$secrets") --write-out \
    '\n%{http_code}|%header{content-length}|%header{x-amz-delete-marker}|%header{x-ms-error-code}|%header{etag}' \
    "$@") || return "$UNREACHABLE"
  REPLY_BODY=${out%$'\n'*}
  IFS='|' read -r REPLY_CODE REPLY_LENGTH REPLY_DELETED REPLY_ERROR REPLY_ETAG <<<"${out##*$'\n'}"
  [ -n "$REPLY_ERROR" ] || read_error "$REPLY_BODY"
}

# remembered NAME COMMAND...: what the command prints, and does not change within a minute: credentials, or what this machine
# is. A boot makes some hundred requests, and the metadata service answers few in a second, so this process keeps it for
# that long, in memory.
remembered() {
  local file=$RUN_DIR/remembered.$1 owner='' when=0 text=''
  shift
  if [ -e "$file" ]; then
    { read -r owner when && IFS= read -r -d '' text; } <"$file" || true
  fi
  if [ "$owner" != "$$" ] || [ "$when" -gt "$EPOCHSECONDS" ] || [ $((EPOCHSECONDS - when)) -ge 60 ]; then
    text=$("$@") || return "$?"
    (umask 077 && printf '%s %s\n%s' "$$" "$EPOCHSECONDS" "$text" >"$file.$BASHPID" && mv "$file.$BASHPID" "$file") ||
      return "$UNREACHABLE"
  fi
  printf '%s\n' "$text"
}

read_error() { # XML
  [[ ! $1 =~ \<Code\>([A-Za-z0-9]+)\</Code\> ]] || REPLY_ERROR=${BASH_REMATCH[1]}
}

# download FILE COMMAND...: runs a command that ends in `request`, and moves the body to FILE when it is whole. It lies
# beside FILE until then, since a snapshot is too large for /run, which is memory. curl fails when a body is shorter than
# its length says; without a length it would take the end of the connection for the end of the file.
download() {
  local file=$1 status=0
  shift
  [ ! -e "$file.part" ] || rm -f "$file.part"
  "$@" --output "$file.part" || status=$?
  if [ "$status" -eq 0 ] && [ "$REPLY_CODE" = 200 ]; then
    if [ -n "$REPLY_ETAG" ] && [ -n "$REPLY_LENGTH" ]; then
      [ -e "$file.part" ] || : >"$file.part" # curl makes no file for an empty body
      mv "$file.part" "$file" && return 0
    fi
    status=$UNREACHABLE
  elif [ "$status" -eq 0 ] && [ -z "$REPLY_ERROR" ] && [ -s "$file.part" ]; then
    read_error "$(head -c 65536 "$file.part" | tr -d '\0')"
  fi
  rm -f "$file.part"
  return "$status"
}

encode() { # one value of a query, or with a second argument of / a path
  local LC_ALL=C text=$1 keep=${2:-} i character
  for ((i = 0; i < ${#text}; i++)); do
    character=${text:i:1}
    case $character in
      [a-zA-Z0-9._~-]) printf %s "$character" ;;
      "$keep") printf %s "$character" ;;
      *) printf '%%%02X' "'$character" ;;
    esac
  done
}

# The text of each <NAME> element in $REPLY_BODY on a line. Enough for listings, whose elements of interest have no
# attributes and only text in them.
elements() { # NAME
  [[ $REPLY_BODY == *"<$1>"* ]] || return 0
  { grep -o "<$1>[^<]*" <<<"$REPLY_BODY" || true; } |
    sed -e "s/^<$1>//" -e 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#34;/"/g; s/&#39;/'"'"'/g; s/&apos;/'"'"'/g; s/&amp;/\&/g'
}

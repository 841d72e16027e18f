# shellcheck shell=bash
# What a script says, to the journal and to whoever watches it, and where it keeps what it writes down.

STATE_DIR=${KEELSON_ROOT:-}/var/lib/keelson
# In memory, and one for each script, since several run at once.
RUN_DIR=${KEELSON_ROOT:-}/run/keelson${PART:+/$PART}
# shellcheck disable=SC2034 # used by those who source this
SERVING=${KEELSON_ROOT:-}/run/keelson/serving # there while this master serves
# shellcheck disable=SC2034
KUBELET_MAY_RUN=${KEELSON_ROOT:-}/run/keelson/kubelet # a condition of its unit
mkdir -p "$STATE_DIR" "$RUN_DIR"
chmod 700 "$STATE_DIR" "$RUN_DIR"

# Some of it comes from the store, and whoever reads it may sit at a terminal: what that would obey is left out.
say() {
  local text=$*
  printf '%s\n' "keelson${PART:+ $PART}: ${text//[^[:print:]]/}" >&2
}

# One code per reason, since each has its own alarm and its own page in the runbook. `calm` takes away what holds now; what
# was raised stays until report.sh has told the cloud. Always 0, since those who call it go on with `&& return 1`.
alarm() { # CODE TEXT
  say "ALARM $1: $2"
  { mkdir -p "$RUN_DIR/raised" && : >"$RUN_DIR/raised/$1" && printf '%s\n' "$1" >"$RUN_DIR/alarm"; } ||
    say "$1 could not be noted: nobody but this journal knows of it"
}

# When a script was calm last is the time of the file `calm`, which report.sh reads of backup.sh.
calm() {
  [ ! -e "$RUN_DIR/alarm" ] || rm -f "$RUN_DIR/alarm"
  : >"$RUN_DIR/calm" || true
}

# All waits go through here, so that a test can let time run faster: not so fast that what is asked again is asked all the time.
pause() {
  sleep "$(awk -v s="$1" -v scale="${CLOCK_SCALE:-1}" \
    'BEGIN { least = s < 0.3 ? s : 0.3; s *= scale; printf "%.3f", s < least ? least : s }')"
}

# The text of one field of a JSON object that we wrote ourselves: one field a line, no nesting.
field() { # NAME FILE
  local line pattern="^ *\"$1\": *\"?([^\",]*)\"?,?\$"
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ $pattern ]] || continue
    printf '%s\n' "${BASH_REMATCH[1]}"
    break
  done <"$2"
}

# A file appears whole under its name or not at all.
write_whole() { # FILE, from standard input
  cat >"$1.new" && mv "$1.new" "$1"
}

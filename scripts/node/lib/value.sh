# shellcheck shell=bash
# What may be a secret's value: one line of characters that mean the same in JSON, in a shell and in a URL's path, so that
# nothing ever has to be escaped.

VALUE_LIMIT=4096 # a standard parameter's: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html

is_value() { # TEXT
  local LC_ALL=C
  case $1 in '' | *[!A-Za-z0-9\ ._:/+=,@-]*) return 1 ;; esac
  [ "${#1}" -le "$VALUE_LIMIT" ]
}

value_read() { # FILE: its only line, in VALUE; 1 where it may not be a value
  local LC_ALL=C size end=0
  VALUE=''
  size=$(stat -c %s "$1") || return 1
  if IFS= read -r VALUE <"$1"; then end=1; fi
  # Further lines, and NUL bytes, which bash leaves out, make the file longer.
  if ! is_value "$VALUE" || [ "$size" -ne $((${#VALUE} + end)) ]; then
    VALUE=''
    say "$1 is not one line of at most $VALUE_LIMIT plain characters"
    return 1
  fi
}

# value_write FILE TEXT: UNREACHABLE for what is no value, since nobody can make sense of it.
value_write() {
  is_value "$2" || { say "what the cloud gave for $1 is not one line of plain characters" && return "$UNREACHABLE"; }
  (umask 077 && printf '%s\n' "$2" >"$1.part") && mv "$1.part" "$1" || return "$UNREACHABLE"
}

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

# text_read FILE: text of any printable characters and lines, as it stands in JSON, in VALUE; 1 where it is none, or too long.
text_read() {
  local LC_ALL=C size text slash=\\ quote='"'
  VALUE=''
  size=$(stat -c %s "$1") && text=$(cat "$1" && echo .) || return 1
  text=${text%.}
  case ${text//$'\n'/} in '' | *[!\ -~]*) size='' ;; esac
  # NUL bytes, which bash leaves out, make the file longer.
  if [ "$size" != "${#text}" ] || [ "$size" -gt "$VALUE_LIMIT" ]; then
    say "$1 is not at most $VALUE_LIMIT characters of plain text"
    return 1
  fi
  text=${text//"$slash"/"$slash$slash"}
  text=${text//"$quote"/"$slash$quote"}
  VALUE=${text//$'\n'/"${slash}n"}
}

# text_is FILE TEXT: whether the file's text is the one that stands so in JSON, but for ends of lines at its end.
text_is() {
  local text=${2//\\\"/\"} # which printf does not know
  [ "$(<"$1")" = "$(printf %b "$text")" ]
}

# value_write FILE TEXT: UNREACHABLE for what is no value, since nobody can make sense of it.
value_write() {
  is_value "$2" || { say "what the cloud gave for $1 is not one line of plain characters" && return "$UNREACHABLE"; }
  (umask 077 && printf '%s\n' "$2" >"$1.part") && mv "$1.part" "$1" || return "$UNREACHABLE"
}

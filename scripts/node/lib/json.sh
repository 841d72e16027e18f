# shellcheck shell=bash
# Reads JSON, for which stock Ubuntu has no tool but awk.

# Each text, number and word of a document on standard input on a line: its path, a space, and what it is, with escapes
# as they stand but for `\/`. 1 where it is not one whole document.
#
# What is taken is cut off by copying the rest, so only some of a long document, as lists of machines are, is in `text` at a time.
json() {
  awk '
    function skip() {
      for (sub(space, "", text); length(text) < 4096 && at < parts; sub(space, "", text)) text = text part[++at]
    }
    function take(pattern,  token) {
      skip()
      while (match(text, pattern) != 1) {
        if (at == parts) exit 1
        text = text part[++at]
      }
      token = substr(text, 1, RLENGTH)
      text = substr(text, RLENGTH + 1)
      return token
    }
    function string(  token) {
      token = take("^\"([^\"\\\\\n]|\\\\.)*\"")
      token = substr(token, 2, length(token) - 2)
      gsub(/\\\//, "/", token)
      return token
    }
    function next_is(character) {
      skip()
      return substr(text, 1, 1) == character
    }
    function value(path,  i, name) {
      if (next_is("{")) {
        take("^[{]")
        if (next_is("}")) { take("^}"); return }
        do { name = string(); take("^:"); value(path "." name) } while (take("^[,}]") == ",")
      } else if (next_is("[")) {
        take("^\\[")
        if (next_is("]")) { take("^\\]"); return }
        i = 0
        do value(path "[" i++ "]"); while (take("^[],]") == ",")
      } else if (next_is("\"")) {
        print path " " string()
      } else {
        print path " " take("^[-+.0-9a-zA-Z]+")
      }
    }
    {
      for (i = 1; i <= length($0); i += 4096) part[++parts] = substr($0, i, 4096)
      part[++parts] = "\n"
    }
    END {
      space = "^[ \t\r\n]+"
      value("")
      skip()
      exit text != ""
    }'
}

# json_at PATH: what JSON on standard input has there, such as .error.code. 1 where it has nothing there, and, under pipefail,
# where it is not whole.
json_at() {
  json | awk -v path="$1 " 'index($0, path) == 1 && !found++ { print substr($0, length(path) + 1) } END { exit !found }'
}

# shellcheck shell=bash
# Tables and JSON for whoever operates a cluster.

# What stands in the store was written by masters, and is shown without what a terminal would obey.
plain() { tr -cd '[:print:]\n'; }

as_json() { # TEXT
  local text
  text=$(plain <<<"$1")
  text=${text//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

as_number() { if [[ $1 =~ ^(0|[1-9][0-9]*)$ ]]; then printf %s "$1"; else printf null; fi; } # TEXT

as_size() { # BYTES
  awk -v bytes="$1" 'BEGIN {
    if (bytes !~ /^[0-9]+$/) { print "?"; exit }
    split("B KiB MiB GiB", unit, " ")
    for (i = 1; i < 4 && bytes >= 1024; i++) bytes /= 1024
    printf (i == 1 ? "%d %s\n" : "%.1f %s\n"), bytes, unit[i]
  }'
}

as_age() { # TIME, such as 2026-01-31T23:59:59Z
  local moment seconds
  moment=$(date -u -d "$1" +%s 2>/dev/null) || { echo '?' && return; }
  seconds=$(($(date +%s) - moment))
  if [ "$seconds" -lt 120 ]; then
    echo "$seconds s ago"
  elif [ "$seconds" -lt 7200 ]; then
    echo "$((seconds / 60)) min ago"
  elif [ "$seconds" -lt 172800 ]; then
    echo "$((seconds / 3600)) h ago"
  else
    echo "$((seconds / 86400)) days ago"
  fi
}

# Lines of fields with tabs between them, in columns. ALIGNMENT: l or r for each.
as_table() { # ALIGNMENT
  awk -F '\t' -v alignment="$1" '
    { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } columns = NF }
    END {
      for (row = 1; row <= NR; row++) {
        line = ""
        for (i = 1; i <= columns; i++)
          line = line sprintf("%" (substr(alignment, i, 1) == "r" ? "" : "-") width[i] "s", cell[row, i]) "  "
        sub(/ +$/, "", line)
        print line
      }
    }'
}

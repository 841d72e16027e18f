# shellcheck shell=bash
# What a master tells its cloud about itself: a metric on each line, as "NAME VALUE" or "NAME VALUE CODE".

RUNNING=${SERVING%/*}  # where each script has a directory, with what it has raised
UNSENT=$RUN_DIR/unsent # codes that were raised and that the cloud has not been told yet

# Moved, not copied: what is raised again while this one is being sent is told again.
report_collect() {
  local file
  mkdir -p "$UNSENT"
  for file in "$RUNNING"/*/raised/*; do
    [ ! -e "$file" ] || mv "$file" "$UNSENT/"
  done
}

report_sent() { rm -rf "$UNSENT"; }

# Each code that is raised now, or was since it was told.
report_alarms() {
  { ls "$UNSENT"; cat "$RUNNING"/*/alarm 2>/dev/null || true; } | { grep -xE '[a-z0-9-]{1,64}' || true; } | sort -u |
    sed 's/.*/AlarmRaised 1 &/'
}

# Seconds since the newest snapshot was known to be all that there is: it was taken then, or backup.sh found that nothing had
# been written since, and said `calm`. So a quiet cluster is not late. A master that has just begun to serve has its time.
report_snapshot_age() {
  local when
  [ -e "$SERVING" ] || return 0
  when=$({ cut -d' ' -f2 "$BACKED_UP"; stat -c %Y "$SERVING" "$RUNNING/backup/calm"; } 2>/dev/null |
    grep -xE '[0-9]+' | sort -n | tail -n 1) || true
  [ -z "$when" ] || echo "SnapshotAge $(($(date +%s) - when))"
}

# Days until the first certificate that lies here ends, 0 for one that nobody can read.
report_certificate_days() {
  local file end now days least=''
  now=$(date +%s)
  while read -r file; do
    [ -e "$file" ] || continue
    end=$(x509 -noout -enddate -in "$file" 2>/dev/null) && end=$(date -d "${end#notAfter=}" +%s) || end=$now
    days=$(((end - now) / 86400))
    if [ -z "$least" ] || [ "$days" -lt "$least" ]; then least=$days; fi
  done < <(certificates_all | grep "^$PKI/")
  [ -z "$least" ] || echo "CertificateDays $least"
}

#!/usr/bin/env bash
# Fills the etcd of this machine with objects until a snapshot has some $BYTES. Nothing of what it writes is superseded, and it
# compacts and defragments at the end, so that the file is as large as its content.
set -euo pipefail
: "${BYTES:?}"

OBJECT=6144 # bytes of noise in a value; base64 makes 8 KiB of them, which is a large object for Kubernetes
TOGETHER=128 # objects in one transaction: etcd takes 128 operations and 1.5 MiB at once

ctl() {
  etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt \
    --key /etc/kubernetes/pki/etcd/healthcheck-client.key "$@"
}

in_use() { ctl endpoint status -w json | sed -n 's/.*"dbSizeInUse":\([0-9]*\).*/\1/p'; }

transaction() { # NUMBER
  local i
  echo # no condition
  for ((i = 0; i < TOGETHER; i++)); do echo "put /drill/$1/$i $value"; done
  printf '\n\n' # nothing to do otherwise
}

# How many transactions seem to be missing. A value takes more room than it has bytes, so it is fewer.
missing() {
  local room=$((TOGETHER * OBJECT * 4 / 3))
  sleep 0.2 # etcd commits every tenth of a second, and counts then
  echo $(((BYTES - $(in_use) + room - 1) / room))
}

value=$(head -c "$OBJECT" /dev/urandom | base64 -w 0)
number=$BYTES # a name that no other size has
left=$(missing)
while [ "$left" -gt 0 ]; do
  for ((i = 0; i < (left + 1) / 2; i++)); do
    number=$((number + 1))
    transaction "$number" | ctl txn --command-timeout 1m >/dev/null
  done
  left=$(missing)
done
revision=$(ctl endpoint status -w json | sed -n 's/.*"revision":\([0-9]*\).*/\1/p')
ctl compact --physical --command-timeout 5m "$revision" >/dev/null
ctl defrag --command-timeout 5m >/dev/null

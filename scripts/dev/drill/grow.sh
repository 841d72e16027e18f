#!/usr/bin/env bash
# Fills the etcd of this machine with objects until a snapshot has some $BYTES, and prints how many keys there are. Nothing of
# what it writes is superseded, and it compacts and defragments at the end, so that the file is as large as its content.
set -euo pipefail
: "${BYTES:?}"

OBJECT=6144          # bytes of noise in a value; base64 makes 8 KiB of them, which is a large object for Kubernetes
TOGETHER=128         # objects in one transaction: etcd takes 128 operations and 1.5 MiB at once

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

before=$(in_use)
value=$(head -c "$OBJECT" /dev/urandom | base64 -w 0)
number=$BYTES # a name that no other size has
left=$(((BYTES - before) / (TOGETHER * OBJECT * 4 / 3)))
while [ "$left" -gt 0 ]; do
  # Half of what seems to be missing, since a value takes more room than it has bytes.
  for ((i = 0; i < (left + 1) / 2; i++)); do
    number=$((number + 1))
    transaction "$number" | ctl txn >/dev/null
  done
  left=$(((BYTES - $(in_use)) / (TOGETHER * OBJECT * 4 / 3)))
done
revision=$(ctl endpoint status -w json | sed -n 's/.*"revision":\([0-9]*\).*/\1/p')
ctl compact --physical "$revision" >/dev/null
ctl defrag --command-timeout 5m >/dev/null

#!/usr/bin/env bash
# The first process of a machine that is up: mounts what does not outlive a boot, and ends with its standard input, and
# the machine's other processes with it. machine.ts runs it in new mount and PID namespaces on a machine's disk.
set -euo pipefail

read -r pid _ </proc/self/stat # /proc is still the host's
mount -t proc proc /proc
mount -t tmpfs -o mode=755 run /run
mount -t tmpfs -o mode=1777 tmp /tmp
# libfaketime leaves files there that are named after processes, whose numbers a machine counts by itself.
mount -t tmpfs -o mode=1777 shm /dev/shm
mkdir /run/lock
# What is written there stays in the machine.
: >/run/console
mount --bind /run/console /dev/console
echo "$pid"
read -r _ || true

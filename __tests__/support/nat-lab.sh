#!/usr/bin/env bash
# Runs nat.sh where it can do no harm: in mount and network namespaces of its own (start it with `unshare --mount
# --net`), which are gone when it ends. As in a VPC, the machine has one interface, for what comes in and what goes out.
# Prints what it saw, a fact a line.
set -euo pipefail
NAT_SH="${NAT_SH:?the script}"
NODE="${NODE:?the Node program}"
EXTERNAL=198.51.100.1
NAT=10.0.16.10

mount -t tmpfs tmpfs /run
cp -a /etc /run/etc
mount --bind /run/etc /etc
mkdir /run/netns /run/bin
printf '#!/bin/sh\necho "$@" >>/run/systemctl\n' >/run/bin/systemctl
chmod +x /run/bin/systemctl
export PATH="/run/bin:$PATH"

ip link add lan type bridge
ip link set lan up
machine() { # name address/length
  ip netns add "$1"
  ip link add "$1" type veth peer name ens5 netns "$1"
  ip link set "$1" master lan up
  ip -n "$1" address add "$2" dev ens5
  ip -n "$1" link set ens5 up
}
machine client 10.0.0.10/16
machine nat "$NAT/16"
machine world "$EXTERNAL/24"
ip -n client route add default via "$NAT"
ip -n nat route add default via "$EXTERNAL" dev ens5 onlink
ip -n world route add "$NAT" dev ens5

ip netns exec world "$NODE" -e \
  'require("node:net").createServer((s) => s.end(s.remoteAddress)).listen(80, "0.0.0.0", () => console.log("up"))' \
  >/run/world &
server=$!
trap 'kill "$server"' EXIT
until grep -qs up /run/world; do sleep 0.05; done

# The address under which the world sees the client.
seen() {
  ip netns exec client "$NODE" -e '
    const socket = require("node:net").connect(80, process.argv[1]);
    socket.setTimeout(1500, () => socket.destroy(new Error("no reply")));
    socket.on("error", () => console.log("no reply")).on("data", (data) => console.log(String(data)));
  ' "$EXTERNAL"
}
run() { NETWORK_RANGE=10.0.0.0/16 ip netns exec nat "$NAT_SH"; }
state() { { ip netns exec nat nft list ruleset; cat /etc/nftables.conf /etc/sysctl.d/90-nat.conf; } | sha256sum; }

ip netns exec nat sysctl --quiet --write net.ipv4.ip_forward=0
echo "before: $(seen)"
run
echo "after: $(seen)"
first="$(state)"
run
echo "again: $(seen)"
[ "$first" = "$(state)" ] && echo "second run: same" || echo "second run: other"

ip netns exec nat nft flush ruleset
ip netns exec nat sysctl --quiet --write net.ipv4.ip_forward=0
echo "switched off: $(seen)"
ip netns exec nat sysctl --quiet --load /etc/sysctl.d/90-nat.conf
ip netns exec nat nft --file /etc/nftables.conf
echo "rebooted: $(seen)"
echo "systemctl: $(sort -u /run/systemctl)"

# An image without nft, which then comes with its package.
mkdir /run/few
for tool in bash sh cat awk ip sysctl ln; do ln -s "$(command -v "$tool")" /run/few/; done
ln -s /run/bin/systemctl /run/few/
cat >/run/few/apt-get <<EOF
#!/bin/sh
echo "\$@" >>/run/apt-get
[ "\$1" != install ] || ln -s "$(command -v nft)" /run/few/
EOF
chmod +x /run/few/apt-get
(PATH=/run/few run)
echo "without nft: $(tail -n 1 /run/apt-get)"

ip -n nat route del default
echo "without a default route: $(run 2>&1 || echo refused)"

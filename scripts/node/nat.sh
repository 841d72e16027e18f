#!/usr/bin/env bash
# Makes this machine the way out of its network, now and after every reboot: it forwards what comes from the network
# for elsewhere, under its own address. Stock Ubuntu 24.04. Running it again changes nothing.
set -euo pipefail
NETWORK_RANGE="${NETWORK_RANGE:?the range of the network that this machine serves, such as 10.0.0.0/16}"

# Where the image lacks it. At a first boot something else may be installing; wait for it.
command -v nft >/dev/null || {
  apt-get update --quiet
  apt-get install --quiet --yes -o DPkg::Lock::Timeout=300 nftables
}

cat >/etc/sysctl.d/90-nat.conf <<EOF
net.ipv4.ip_forward = 1
EOF

# The interface is that of the default route, since its name depends on the machine.
interface="$(ip -4 route show default | awk '{ print $5; exit }')"
: "${interface:?there is no default route to send anything out by}"

# The table is emptied and filled in one transaction, so connections never see half of it.
cat >/etc/nftables.conf <<EOF
#!/usr/sbin/nft -f
table ip nat_out
delete table ip nat_out
table ip nat_out {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "$interface" ip saddr $NETWORK_RANGE ip daddr != $NETWORK_RANGE masquerade
  }
}
EOF

sysctl --quiet --load /etc/sysctl.d/90-nat.conf
nft --file /etc/nftables.conf
systemctl enable --quiet nftables.service

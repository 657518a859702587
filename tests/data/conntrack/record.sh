#!/bin/bash
# Records what conntrack prints of a node that translates the first of its tunnel's packets: two namespaces, kube-proxy's old rule,
# datagrams to the tunnel's port. Needs root, iproute2, conntrack, iptables and bash.
# usage: record.sh [folder to write to]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
export TZ=UTC
node=vxrec-$$-a peer=vxrec-$$-b
trap 'ip netns del "$node" 2>/dev/null; ip netns del "$peer" 2>/dev/null' EXIT
ip netns add "$node"; ip netns add "$peer"
ip -n "$node" link add eth0 type veth peer name eth0 netns "$peer"
for end in "$node 4" "$peer 0"; do
  set -- $end
  ip -n "$1" link set lo up; ip -n "$1" link set eth0 up
  ip -n "$1" addr add "10.0.10.1$2/24" dev eth0
  ip -n "$1" addr add "fd00:10::1$2/64" dev eth0 nodad
done
run() { ip netns exec "$node" "$@"; }
run sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
for program in iptables ip6tables; do
  run "$program-nft" -w 20 -t mangle -A OUTPUT -p udp --dport 8472 -m statistic --mode nth --every 2 --packet 0 -j MARK --set-mark 0x4000
  run "$program-nft" -w 20 -t nat -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE --random-fully
done
run conntrack -E -o timestamp,extended,id > "$out/events.txt" 2> /dev/null & watcher=$!
sleep 1
# Each datagram is a flow of its own: bash opens a new socket.
run bash -c 'for to in 10.0.10.10 fd00:10::10; do for i in 1 2 3 4; do echo hi > "/dev/udp/$to/8472"; done; echo hi > "/dev/udp/$to/53"; done'
run conntrack -L 2> /dev/null > "$out/table.txt"
run conntrack -L -o extended,id,ktimestamp 2> /dev/null > "$out/table-extended.txt"
run cat /proc/net/nf_conntrack > "$out/proc.txt"
run conntrack -D -p udp > /dev/null 2>&1
sleep 1
kill "$watcher"; wait "$watcher" || true

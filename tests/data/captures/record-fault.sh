#!/bin/bash
# Records the fault, or an innocent look-alike, between two network namespaces. Root, iproute2, ethtool, nft, tcpdump, python3.
# usage: record-fault.sh OUT.pcap [family=4|6] [nat=none|random|addr|addr-random] [where=receiver|sender] [offload=off|on] [gro=off|on] [snaplen=N] [traffic=flows|stream|bulk]
#   nat      none; random: address kept, port changed; addr: address changed, port kept; addr-random: both changed
#   where    on which end's uplink the capture is taken
#   offload  of both uplinks. off: the checksums that leave are what a wire would carry; on: the sender's capture shows what is unfinished
#   gro      of the receiver's uplink: arriving segments are merged before they are captured
#   traffic  flows: four UDP datagrams, each a flow of its own, and a TCP connection; stream: one UDP flow of five datagrams,
#            two of them alike; bulk: a TCP connection that carries 8 kB
set -eu
out=$1; shift
family=4 nat=none where=receiver offload=off gro=off snaplen=0 traffic=flows
for argument in "$@"; do declare "$argument"; done
a=fa$$ b=fb$$
ip netns add $a; ip netns add $b
trap 'ip netns del $a; ip netns del $b' EXIT
ip link add eth0 netns $a type veth peer name eth0 netns $b
if [ "$family" = 4 ]; then
  first=10.0.10.14 second=10.0.10.77 peer=10.0.10.10 bits=24 nodad= table=ip
else
  first=fd00::14 second=fd00::77 peer=fd00::10 bits=64 nodad=nodad table=ip6
fi
ip -n $a addr add $first/$bits dev eth0 $nodad; ip -n $b addr add $peer/$bits dev eth0 $nodad
# Only where it is needed: masquerade would prefer an IPv6 address that was added last.
case $nat in addr*) ip -n $a addr add $second/$bits dev eth0 $nodad;; esac
for n in $a $b; do
  ip netns exec $n sysctl -qw net.ipv6.conf.all.router_solicitations=0
  ip -n $n link set lo up; ip -n $n link set eth0 up
  [ "$offload" = on ] || ip netns exec $n ethtool -K eth0 tx off sg off tso off gso off gro off >/dev/null 2>&1 || true
done
ip netns exec $b ethtool -K eth0 gro $gro >/dev/null 2>&1 || true
ip -n $a link add vx type vxlan id 4096 dstport 4789 local $first remote $peer dev eth0 udpcsum
ip -n $b link add vx type vxlan id 4096 dstport 4789 local $peer remote $first dev eth0 udpcsum
ip -n $a addr add 10.244.1.1/16 dev vx; ip -n $b addr add 10.244.2.1/16 dev vx
ip -n $a link set vx up; ip -n $b link set vx up
case $nat in
  random) rule="masquerade fully-random";;
  addr) rule="snat to $second";;
  addr-random) rule="snat to $second fully-random";;
  none) rule=;;
esac
[ -z "$rule" ] || ip netns exec $a nft "add table $table t; add chain $table t p { type nat hook postrouting priority 100; }; add rule $table t p udp dport 4789 counter $rule"
at=$b; [ "$where" = receiver ] || at=$a
ip netns exec $at tcpdump -i eth0 -U -Z root -w "$out" -s "$snaplen" udp port 4789 >/dev/null 2>&1 & dump=$!
sleep 1
ip netns exec $b python3 - <<'P' & server=$!
import select,socket,time
u=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); u.bind(('10.244.2.1',5300))
t=socket.socket(); t.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); t.bind(('10.244.2.1',8080)); t.listen(4)
end=time.time()+6; s=[u,t]
while time.time()<end:
    for r in select.select(s,[],[],.2)[0]:
        if r is u: d,p=u.recvfrom(4000); u.sendto(d,p)
        elif r is t: s.append(t.accept()[0])
        elif not r.recv(65536): s.remove(r); r.close()
P
sleep 1
ip netns exec $a python3 - "$traffic" <<'P'
import socket,sys,time
def udp(): return socket.socket(socket.AF_INET,socket.SOCK_DGRAM)
def tcp(n):
    t=socket.socket(); t.settimeout(3)
    try: t.connect(('10.244.2.1',8080)); t.sendall(b'y'*n); t.close()
    except OSError as e: print('client:',e)
if sys.argv[1]=='flows':
    for i in range(4): udp().sendto(b'x'*(40+i),('10.244.2.1',5300)); time.sleep(.1)
    tcp(3000)
elif sys.argv[1]=='stream':
    u=udp()
    for n in (40,41,41,60,85): u.sendto(b'x'*n,('10.244.2.1',5300)); time.sleep(.1)
else: tcp(8000)
P
wait $server; sleep .5; kill $dump; wait $dump 2>/dev/null || true

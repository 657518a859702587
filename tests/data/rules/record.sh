#!/bin/bash
# Records the rulesets of this folder with the real tools, each in a throwaway network namespace. Needs root, iptables
# (both flavours), nft and ipset. usage: record.sh [folder]
set -eu
OUT=${1:-$(dirname "$0")}
N=vxrules$$
fresh() { ip netns del $N 2>/dev/null || true; ip netns add $N; ip -n $N link set lo up; }
trap 'ip netns del $N 2>/dev/null || true' EXIT
in_ns() { ip netns exec $N "$@"; }

COMMENT="kubernetes service traffic requiring SNAT"
# $1 is the tool: iptables-legacy, iptables-nft, ip6tables-legacy, ip6tables-nft; $2 the mark
base() {
  local t="in_ns $1 -t nat" v4=1; [[ $1 == ip6* ]] && v4=
  local svc=${v4:+10.96.0.10}; svc=${svc:-fd00:96::a}; local pod=${v4:+10.244.2.1:5300}; pod=${pod:-[fd00:244:2::1]:5300}
  $t -N KUBE-MARK-MASQ; $t -A KUBE-MARK-MASQ -j MARK --or-mark ${2:-0x4000}
  $t -N KUBE-SERVICES; $t -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
  $t -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
  for p in udp tcp; do
    $t -A KUBE-SERVICES -d $svc -p $p -m comment --comment "kube-system/kube-dns:dns cluster IP" -m $p --dport 53 -j KUBE-MARK-MASQ
    $t -A KUBE-SERVICES -d $svc -p $p -m comment --comment "kube-system/kube-dns:dns cluster IP" -m $p --dport 53 -j DNAT --to-destination $pod
  done
  $t -N KUBE-POSTROUTING
  $t -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
}
g0() { in_ns $1 -t nat -A KUBE-POSTROUTING -m comment --comment "$COMMENT" -m mark --mark ${2:-0x4000}/${2:-0x4000} -j MASQUERADE; }
g1() { in_ns $1 -t nat -A KUBE-POSTROUTING -m comment --comment "$COMMENT" -m mark --mark ${2:-0x4000}/${2:-0x4000} -j MASQUERADE --random-fully; }
g2() {
  in_ns $1 -t nat -A KUBE-POSTROUTING -m mark ! --mark ${2:-0x4000}/${2:-0x4000} -j RETURN
  in_ns $1 -t nat -A KUBE-POSTROUTING -j MARK --xor-mark ${2:-0x4000}
  in_ns $1 -t nat -A KUBE-POSTROUTING -m comment --comment "$COMMENT" -j MASQUERADE --random-fully
}
save() { in_ns $1-save "${@:3}" 2>/dev/null > "$OUT/$2.$1-save.txt"; }

for t in iptables-legacy iptables-nft ip6tables-legacy ip6tables-nft; do
  port=8472
  fresh; base $t; g0 $t; save $t g0
  fresh; base $t; g1 $t; save $t g1
  fresh; base $t; g2 $t; save $t g2; save $t g2-counters -c
  in_ns $t -t nat -S > "$OUT/g2.$t-S.txt"; in_ns $t -t nat -S -v > "$OUT/g2-verbose.$t-S.txt"
  in_ns $t -t nat -S KUBE-POSTROUTING > "$OUT/g2-chain.$t-S.txt"
  fresh; base $t; g1 $t; g2 $t; save $t stale-g1-before-g2
  fresh; base $t; g2 $t; in_ns $t -t nat -I POSTROUTING 1 -o vx -j MASQUERADE --random-fully; save $t masquerade-before-jump
  fresh; base $t; g2 $t; in_ns $t -t nat -I POSTROUTING 1 -o vx -j ACCEPT; save $t accept-before-jump
  fresh; base $t 0x40; g1 $t 0x40; save $t g1-mark-0x40
  fresh; base $t 0x40; g2 $t 0x40; save $t g2-mark-0x40
  fresh; base $t; g1 $t; in_ns $t -t raw -A OUTPUT -p udp --dport $port -j NOTRACK; save $t fix-notrack
  fresh; base $t; g1 $t; in_ns $t -t nat -I POSTROUTING 1 -p udp --dport $port -j ACCEPT; save $t fix-accept
  fresh; base $t; g1 $t; in_ns $t -t nat -I POSTROUTING 1 -o eth0 -j ACCEPT; save $t fix-accept-uplink
  fresh; base $t; g1 $t; in_ns $t -t mangle -A OUTPUT -p udp --dport $port -j MARK --set-xmark 0x0/0x4000; save $t fix-unmark-output
  fresh; base $t; g1 $t; in_ns $t -t mangle -A POSTROUTING -p udp --dport $port -j MARK --set-xmark 0x0/0x4000; save $t fix-unmark-postrouting
  fresh; base $t; g1 $t; in_ns $t -t nat -I KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE; save $t fix-g0-first
  fresh; base $t; g1 $t; in_ns $t -t nat -D POSTROUTING 1; save $t fix-no-jump

  # ipvs: the hairpin rule, and the set it asks
  fresh; base $t
  fam=inet; ip=10.244.1.5; [[ $t == ip6* ]] && fam=inet6 && ip=fd00:244:1::5
  in_ns ipset create KUBE-LOOP-BACK hash:ip,port,ip family $fam; in_ns ipset add KUBE-LOOP-BACK $ip,udp:53,$ip
  in_ns $t -t nat -A KUBE-POSTROUTING -m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
  g2 $t; save $t ipvs; in_ns ipset save > "$OUT/ipvs.$t-ipset.txt"
  ip netns del $N

  # what people do to the grammar
  fresh; i="in_ns $t -t mangle"
  $i -N 'ODD_chain.1'; $i -A OUTPUT -g ODD_chain.1
  $i -A ODD_chain.1 -m comment --comment 'with "quotes", a \ backslash and -j DROP' -p tcp -m multiport ! --dports 80,443,8000:8100 -j ACCEPT
  $i -A ODD_chain.1 -m comment --comment -dash -j RETURN
  $i -A ODD_chain.1 ! -s 10.0.0.0/8 -d 192.0.2.0/24 ! -o eth+ -m conntrack --ctstate NEW,ESTABLISHED -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00 2>/dev/null ||
    $i -A ODD_chain.1 ! -s fd00::/8 -d 2001:db8::/32 ! -o eth+ -m conntrack --ctstate NEW,ESTABLISHED -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00
  $i -A ODD_chain.1 -p udp -m udp --sport 1024: -m length --length 100:200 -m limit --limit 5/min -j LOG --log-prefix "odd: " --log-level 6
  $i -A ODD_chain.1 -p tcp --syn -m connmark ! --mark 0x1/0xf -j MARK --and-mark 0xfffffff0
  $i -A ODD_chain.1 -m mark --mark 0x10/0xf0 -j MARK --set-mark 0x1/0xff
  $i -A ODD_chain.1 -m statistic --mode nth --every 3 --packet 0 -j MARK --xor-mark 0x8
  save $t odd; save $t odd-counters -c
  ip netns del $N
done

# the network plugins' own rules around kube-proxy's
flannel_chain() { local t="in_ns $1 -t nat"
  $t -N FLANNEL-POSTRTG; $t ${2:--A} POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
  $t -A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN
  $t -A FLANNEL-POSTRTG -s 10.244.1.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
  $t -A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
  $t -A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
  $t -A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
  $t -A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
}
# before 0.20.2: no chain of its own, and first in POSTROUTING where flanneld started before kube-proxy
flannel_old() { local t="in_ns $1 -t nat"
  $t -I POSTROUTING 1 ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
  $t -I POSTROUTING 1 ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment "flanneld masq" -j RETURN
  $t -I POSTROUTING 1 -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
  $t -I POSTROUTING 1 -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
}
calico() { local t="in_ns $1 -t nat"
  in_ns ipset create cali40masq-ipam-pools hash:net family inet; in_ns ipset add cali40masq-ipam-pools 10.244.0.0/16
  in_ns ipset create cali40all-ipam-pools hash:net family inet; in_ns ipset add cali40all-ipam-pools 10.244.0.0/16
  for c in cali-POSTROUTING cali-fip-snat cali-nat-outgoing; do $t -N $c; done
  $t $2 POSTROUTING -m comment --comment "cali:O3lYWMrLQYEMJtB5" -j cali-POSTROUTING
  $t -A cali-POSTROUTING -m comment --comment "cali:Z-c7XtVd2Bq7s_hA" -j cali-fip-snat
  $t -A cali-POSTROUTING -m comment --comment "cali:nYKhEzDlr11Jccal" -j cali-nat-outgoing
  $t -A cali-POSTROUTING -o vxlan.calico -m comment --comment "cali:e9dnSgSVNmIcpVhP" -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully
  $t -A cali-nat-outgoing -m comment --comment "cali:flqWnvo8yq4ULQLa" -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully
}
for t in iptables-legacy iptables-nft; do
  fresh; base $t; g2 $t; flannel_chain $t; save $t flannel-after-g2
  fresh; base $t; g2 $t; flannel_chain $t -I; save $t flannel-before-g2
  fresh; base $t; g2 $t; flannel_old $t; save $t flannel-old-before-g2
  fresh; base $t; g1 $t; flannel_chain $t; save $t flannel-after-g1
  fresh; base $t; g2 $t; calico $t -I; save $t calico-before-g2; in_ns ipset save > "$OUT/calico.$t-ipset.txt"; ip netns del $N
  fresh; base $t; g2 $t; calico $t -A; save $t calico-after-g2; ip netns del $N
done

# both backends hold rules
fresh; base iptables-nft; g2 iptables-nft; in_ns iptables-legacy -t nat -N KUBE-POSTROUTING
in_ns iptables-legacy -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING; g1 iptables-legacy
{ in_ns iptables-legacy-save; in_ns iptables-nft-save; } 2>/dev/null > "$OUT/both-stale-legacy.txt"

# kube-proxy's own tables, both generations, and plain nat
nft_case() { fresh; in_ns nft -f - ; in_ns nft list ruleset > "$OUT/$1.nft.txt"; in_ns nft -j list ruleset > "$OUT/$1.nft.json"; in_ns nft -a list ruleset > "$OUT/$1-handles.nft.txt"; }
kube_nft() { for f in ip ip6; do
  a=10.96.0.10; b=10.244.2.1; d=10.244.2.1:5300; c=10.244.0.0/16; ty=ipv4_addr; [[ $f == ip6 ]] && a=fd00:96::a && b=fd00:244:2::1 && d=[fd00:244:2::1]:5300 && c=fd00:244::/32 && ty=ipv6_addr
cat <<T
table $f kube-proxy {
  comment "rules for kube-proxy"
  set hairpin-connections { type $ty . $ty . inet_proto . inet_service; elements = { $b . $b . udp . 53 }; }
  map service-ips { type $ty . inet_proto . inet_service : verdict; comment "ClusterIP traffic"
    elements = { $a . udp . 53 : goto service-dns-udp, $a . tcp . 53 : goto service-dns-tcp }; }
  map no-endpoint-services { type $ty . inet_proto . inet_service : verdict; }
  chain mark-for-masquerade { mark set mark or 0x4000; }
  chain masquerading {
$1
  }
  chain endpoint-1 { $f saddr $b jump mark-for-masquerade
    meta l4proto udp dnat to $d; }
  chain endpoint-2 { $f saddr $b jump mark-for-masquerade
    meta l4proto tcp dnat to $d; }
  chain service-dns-udp { $f daddr $a udp dport 53 $f saddr != $c jump mark-for-masquerade
    numgen random mod 1 vmap { 0 : goto endpoint-1 }; }
  chain service-dns-tcp { $f daddr $a tcp dport 53 $f saddr != $c jump mark-for-masquerade
    numgen random mod 1 vmap { 0 : goto endpoint-2 }; }
  chain services { $f daddr . meta l4proto . th dport vmap @service-ips; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
}
T
done; }
kube_nft '    mark and 0x4000 == 0 return
    mark set mark xor 0x4000
    masquerade fully-random' | nft_case nft-gen1
# since about 1.36 the chain mark-for-masquerade is gone, too
kube_nft '    mark and 0x4000 != 0 mark set mark xor 0x4000 masquerade fully-random
    ct status dnat IP saddr . IP daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random' |
  sed '/chain mark-for-masquerade/d; s/jump mark-for-masquerade/mark set mark or 0x4000/; /table ip /,$ s/IP \([sd]addr\)/ip \1/g; /table ip6 /,$ s/ip \([sd]addr . \)ip/ip6 \1ip6/' | nft_case nft-gen2
kube_nft '    mark and 0x4000 != 0 masquerade fully-random' | nft_case nft-never-cleared
nft_case nft-plain <<'T'
table ip nat {
  chain postrouting { type nat hook postrouting priority srcnat; policy accept;
    oifname "eth0" ip saddr 10.0.0.0/8 ip daddr != 10.0.0.0/8 counter masquerade
    udp dport { 4789, 8472 } meta mark & 0x4000 == 0x4000 counter snat to 192.0.2.1:1024-65535 fully-random comment "tunnel"
    ct state new tcp dport 1000-2000 oifname != "lo" log prefix "odd: " masquerade to :1024-2048 random,persistent; }
}
table inet filter {
  chain output { type filter hook output priority raw; policy drop;
    meta nfproto ipv6 accept
    udp dport 8472 notrack accept
    ct mark set mark and 0xff
    mark set ct mark
    limit rate 5/second counter log prefix "slow" 
    ct state established,related accept
    ip daddr @blocked reject
    return; }
  set blocked { type ipv4_addr; flags interval; elements = { 192.0.2.0/24, 198.51.100.7 }; }
}
T
# kube-proxy's tables in the order in which they were made, after iptables-nft's
fresh; base iptables-nft; g1 iptables-nft
kube_nft '    mark and 0x4000 == 0 return
    mark set mark xor 0x4000
    masquerade fully-random' | in_ns nft -f -
in_ns nft -j list ruleset > "$OUT/nft-after-iptables-nft.nft.json"; in_ns iptables-nft-save 2>/dev/null > "$OUT/nft-after-iptables-nft.iptables-nft-save.txt"

#!/bin/sh
# Records the folders here: a node with kube-proxy's rules of the first --random-fully generation (fault), and with those that
# clear the mark (healthy). Needs root, iproute2, ethtool, iptables-nft and pwsh; run it in the repository's root after `dotnet build`.
set -eu
data=$PWD/tests/data
for scenario in g1:fault g2:healthy; do
    rules=${scenario%%:*} name=${scenario##*:} node=vxrec-$$
    ip netns add "$node"
    trap 'ip netns del "$node"' EXIT
    ip -n "$node" link set lo up
    ip -n "$node" link add eth0 type veth peer name far0
    ip -n "$node" addr add 10.0.10.14/24 dev eth0
    ip -n "$node" link set eth0 up
    ip -n "$node" link set far0 up
    ip -n "$node" link add flannel.1 type vxlan id 1 dstport 8472 local 10.0.10.14 dev eth0
    ip -n "$node" link set flannel.1 up
    ip netns exec "$node" iptables-nft-restore "$data/rules/$rules.iptables-nft-save.txt"
    rm -rf "${data:?}/diagnoses/$name"
    pwsh -NoProfile -Command "Import-Module ./VxlanCsum.psd1; Get-ChecksumDiagnosis -NetworkNamespace $node -NodeName node7 -CounterSeconds 0 -SaveTo '$data/diagnoses/$name' -Quiet"
    sed -i "s/$node/recorded/; s/\(\"kernelRelease\": \"[0-9.]*\)[^\"]*/\1/; /kernelBuild/d" "$data/diagnoses/$name/evidence.json"
    ip netns del "$node"
    trap - EXIT
done

#!/bin/bash
# Prints the captures beside this folder the ways people paste them. Needs tcpdump; the named ones root (a hosts file of their own).
# usage: record.sh [folder to write to]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
export TZ=UTC
print() { # capture, what to add to the name, switches
  local capture=$1 name=$2
  shift 2
  tcpdump "$@" -r "$here/../captures/$capture.pcap" > "$out/$capture.$name.txt" 2> /dev/null
}
print udpcsum-on-random vv -nn -vv
print udpcsum-on-random v -nn -v
print udpcsum-on-addr vv-e -nn -vv -e
print kube-old-random vv-e-tttt -nn -vv -e -tttt
print kube-old-random vv-t -nn -vv -t
print kube-fix-mangle-unmark vv-t-e -nn -vv -t -e
print sender-udpcsum-uplink vv-tt -nn -vv -tt
print sender-udpcsum-uplink vvv-number -nn -vvv -#
print sender-udpcsum-vxlan-dev vv-X -nn -vv -X
print b-ipv6 vv-ttt -nn -vv -ttt
print b-ipv6-addr vv-e-ttttt -nn -vv -e -ttttt
print b-sender vv-S -nn -vv -S
fold -w 80 "$out/sender-udpcsum-uplink.vv-tt.txt" > "$out/sender-udpcsum-uplink.wrapped80.txt"
fold -s -w 100 "$out/kube-old-random.vv-e-tttt.txt" > "$out/kube-old-random.wrapped100.txt"
sed 's/^/> /' "$out/udpcsum-on-random.vv.txt" > "$out/udpcsum-on-random.quoted.txt"

# Names for addresses and ports, as without -n.
hosts=$(mktemp); chmod 644 "$hosts"
trap 'rm -f "$hosts"' EXIT
printf '%s\n' '127.0.0.1 localhost' '10.0.10.14 master02.xc.test' '10.0.10.10 node-b.xc.test' '10.244.1.1 client.xc.test' > "$hosts"
for capture in sender-udpcsum-uplink udpcsum-on-random; do
  unshare --mount bash -c 'mount --bind "$1" /etc/hosts && exec tcpdump -vv -r "$2"' _ "$hosts" "$here/../captures/$capture.pcap" \
    > "$out/$capture.names.txt" 2> /dev/null
done

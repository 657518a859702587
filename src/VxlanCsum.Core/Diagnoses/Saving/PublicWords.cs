using System.Collections.Frozen;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>Words that say nothing of a node: the tools', the kernel's, Kubernetes' and its networks' own.</summary>
internal static class PublicWords
{
    /// <summary>What rules are made of. Whatever else stands in them is a name.</summary>
    private static readonly FrozenSet<string> s_rules = Set("""
        filter nat mangle raw security PREROUTING INPUT FORWARD OUTPUT POSTROUTING
        ACCEPT DROP RETURN QUEUE REJECT MASQUERADE SNAT DNAT REDIRECT NETMAP MARK CONNMARK CONNSECMARK SECMARK LOG NFLOG
        ULOG NFQUEUE CT NOTRACK TCPMSS TCPOPTSTRIP TPROXY TRACE TTL HL DSCP TOS CLASSIFY CHECKSUM SAME HMARK SET AUDIT
        CLUSTERIP ECN IDLETIMER LED RATEEST SYNPROXY TEE FLOWOFFLOAD DNPT SNPT
        comment mark connmark conntrack state tcp udp multiport addrtype set statistic limit hashlimit recent physdev
        iprange mac owner icmp icmp6 icmpv6 ipv6-icmp sctp dccp esp ah gre ipip ipencap ipv6 udplite igmp ospf vrrp pim
        all ip length connlimit connbytes connlabel u32 bpf string tos dscp ecn ttl hl policy rpfilter socket realm time
        quota rateest helper cluster cpu devgroup dst frag hbh eui64 ipv6header mh nfacct osf pkttype rt srh tcpmss
        ipvs cgroup control
        NEW ESTABLISHED RELATED INVALID UNTRACKED SNATTED DNATTED NONE EXPECTED SEEN_REPLY ASSURED CONFIRMED ORIGINAL
        REPLY LOCAL UNICAST BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT THROW NAT XRESOLVE UNSPEC
        SYN ACK FIN RST URG PSH ALL
        src random nth icmp-port-unreachable icmp-host-unreachable icmp-net-unreachable icmp-proto-unreachable
        icmp-net-prohibited icmp-host-prohibited icmp-admin-prohibited tcp-reset icmp6-port-unreachable
        icmp6-adm-prohibited icmp6-no-route srcip dstip srcport dstport
        dns dns-tcp kube-dns
        ip6 inet arp bridge netdev prerouting input forward output postrouting ingress egress accept drop return queue
        continue jump goto snat dnat masquerade redirect reject log counter notrack meta ct payload fib rt exthdr
        protocol field key base offset len left right op match in expr nftables metainfo json_schema_version version
        table chain rule map element elem flowtable family name handle type hook prio policy flags data vmap mangle
        value addr port range prefix concat target th saddr daddr sport dport nexthdr l4proto nfproto iif iifname oif
        oifname iiftype oiftype iifgroup oifgroup skuid skgid packets bytes interval constant dynamic timeout size
        auto-merge gc-interval verdict ipv4_addr ipv6_addr ether_addr inet_proto inet_service ifname ifname_index new
        established related invalid untracked original reply dir status local unicast broadcast anycast multicast
        blackhole unreachable prohibit throw expected seen-reply assured confirmed snatted dnatted fully-random
        persistent xt numgen jhash symhash mod inc seed mode per rate burst inv second minute hour day week mbytes
        kbytes val_unit rate_unit val used unit group snaplen queue-threshold level warn emerg alert crit err notice info
        debug add delete update stmt nh ll ih tunnel ether vlan icmpv6 sctp tcp_option tcp\ option ip\ option expires
        frag-off hdrlength hoplimit id checksum urgptr window doff sequence ackseq syn ack fin rst urg psh syn-ack
        destination-unreachable echo-request echo-reply code flow flowtable devices dev comp udplite dccp result
        index present missing type\ port\ host port-unreachable host-unreachable admin-prohibited tcp\ reset
        zone helper label avgpkt expiration proto-src proto-dst secmark pkttype cpu priority cgroup length nftrace
        hash:ip hash:net hash:ip,port hash:ip,port,ip hash:ip,port,net hash:net,port hash:net,net hash:net,iface
        hash:mac hash:ip,mac hash:ip,mark hash:net,port,net bitmap:ip bitmap:ip,mac bitmap:port list:set nomatch
        vxlan geneve ftp ssh telnet smtp domain bootps bootpc tftp http pop3 sunrpc ntp imap imap2 snmp bgp ldap https
        submission ldaps imaps pop3s mdns otv
        lo cni0 docker0 kube-bridge kube-ipvs0 nodelocaldns vxlan.calico vxlan-v6.calico wireguard.cali cilium_vxlan
        cilium_geneve cilium_host cilium_net weave antrea-gw0 genev_sys_6081 vxlan_sys_4789 tunl0 flannel-v6
        KUBE-POSTROUTING KUBE-MARK-MASQ KUBE-MARK-DROP KUBE-SERVICES KUBE-NODEPORTS KUBE-NODE-PORT KUBE-FIREWALL
        KUBE-FORWARD KUBE-KUBELET-CANARY KUBE-PROXY-CANARY KUBE-PROXY-FIREWALL KUBE-EXTERNAL-SERVICES KUBE-LOAD-BALANCER
        KUBE-IPVS-FILTER KUBE-IPVS-OUT-FILTER KUBE-SOURCE-RANGES-FIREWALL KUBE-LOOP-BACK KUBE-6-LOOP-BACK
        KUBE-CLUSTER-IP KUBE-6-CLUSTER-IP KUBE-EXTERNAL-IP KUBE-6-EXTERNAL-IP KUBE-EXTERNAL-IP-LOCAL
        KUBE-6-EXTERNAL-IP-LOCAL KUBE-LOAD-BALANCER-FW KUBE-LOAD-BALANCER-LOCAL KUBE-LOAD-BALANCER-SOURCE-IP
        KUBE-LOAD-BALANCER-SOURCE-CIDR KUBE-NODE-PORT-TCP KUBE-NODE-PORT-UDP KUBE-NODE-PORT-LOCAL-TCP
        KUBE-NODE-PORT-LOCAL-UDP FLANNEL-POSTRTG FLANNEL-FWD CNI-HOSTPORT-DNAT CNI-HOSTPORT-MASQ CNI-HOSTPORT-SETMARK
        CNI-FORWARD CNI-ADMIN DOCKER DOCKER-USER DOCKER-INGRESS DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2
        cali-POSTROUTING cali-PREROUTING cali-OUTPUT cali-INPUT cali-FORWARD cali-nat-outgoing cali-fip-dnat
        cali-fip-snat cali-from-hep-forward cali-to-hep-forward cali-from-wl-dispatch cali-to-wl-dispatch
        cali-wl-to-host cali-from-host-endpoint cali-to-host-endpoint cali-cidr-block cali-rpf-skip cali-set-endpoint-mark
        cali40all-ipam-pools cali40masq-ipam-pools cali60all-ipam-pools cali60masq-ipam-pools cali40this-host
        cali60this-host cali40all-hosts-net cali60all-hosts-net cali40all-vxlan-net cali60all-vxlan-net
        IP-MASQ-AGENT IP-MASQ CILIUM_POST_nat CILIUM_PRE_nat CILIUM_OUTPUT_nat CILIUM_INPUT CILIUM_OUTPUT CILIUM_FORWARD
        CILIUM_PRE_mangle CILIUM_POST_mangle CILIUM_PRE_raw CILIUM_OUTPUT_raw CILIUM_OUTPUT WEAVE WEAVE-NPC
        kube-proxy masquerading mark-for-masquerade services nat-prerouting nat-output nat-postrouting filter-prerouting
        filter-input filter-forward filter-output filter-prerouting-pre-dnat filter-output-pre-dnat
        filter-output-post-dnat service-ips service-nodeports no-endpoint-services no-endpoint-nodeports cluster-ips
        nodeport-ips firewall-ips firewall-check cluster-ips-check nodeport-endpoints-check service-endpoints-check
        firewall reject-chain hairpin-connections flanneld
        """);

    /// <summary>What the names of others begin with: the beginning says whose they are, and the rest goes.</summary>
    private static readonly string[] s_stems =
    [
        "KUBE-SVC-", "KUBE-SEP-", "KUBE-FW-", "KUBE-XLB-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-POD-", "KUBE-NWPLCY-",
        "KUBE-ROUTER-", "KUBE-", "CNI-DN-", "CNI-SN-", "CNI-", "FLANNEL-", "DOCKER-", "CILIUM_", "WEAVE-", "ANTREA-",
        "cali-", "cali40", "cali60", "cali", "flannel.", "flannel", "vxlan", "veth", "lxc", "eth", "ens", "eno", "enp",
        "cni-", "cni", "docker", "br-", "virbr", "tunl", "tun", "tap", "wg", "bond", "vlan", "dummy", "ovn-", "azv",
        "eni", "gke", "kube-", "service-", "endpoint-", "external-", "firewall-", "vx",
    ];

    /// <summary>Comments by which a rule is known to be whose it is.</summary>
    private static readonly FrozenSet<string> s_comments =
    ((string[])[
        "kubernetes service portals", "kubernetes postrouting rules", "kubernetes service traffic requiring SNAT",
        "kubernetes externally-visible service portals", "kubernetes forwarding rules",
        "kubernetes service nodeports; NOTE: this must be the last rule in this chain",
        "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
        "kubernetes load balancer firewall", "flanneld masq", "flanneld forward",
        .. Enum.GetNames<MitigationKind>().Select(static k => $"vxlancsum:{k}"),
    ]).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_versions = Set("""
        Linux GNU Ubuntu Debian LTS Red Hat Enterprise CentOS Stream Rocky AlmaLinux Oracle Server Fedora CoreOS Flatcar
        Container Amazon SUSE SLES openSUSE Leap Tumbleweed MicroOS Alpine Talos Bottlerocket OS Photon VMware Azure
        Mariner Optimized from Google COS Arch Gentoo NixOS Kali Raspbian Pop Mint openEuler Anolis TencentOS Alibaba
        Cloud Kylin UnionTech RHEL Core focal jammy noble bionic xenial buster bullseye bookworm trixie sid
        SMP PREEMPT DYNAMIC RT generic lowlatency amd64 arm64 x86 x64 aarch64 ppc64le s390x armv7l cloud aws azure gcp
        gke eks aks oracle kvm virtual server default lts hwe pve rt unsigned deb bpo el centos uek flatcar coreos
        bottlerocket microsoft standard WSL2 fc rc k3s rke2 k0s vmware minikube edge virt longterm mainline
        v Fri Sat Sun Mon Tue Wed Thu Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec UTC
        """);

    private static readonly FrozenSet<string> s_drivers = Set("""
        veth vmxnet3 virtio_net e1000 e1000e igb igc ixgbe ixgbevf i40e iavf ice mlx4_en mlx5_core bnx2x bnxt_en tg3 be2net
        ena hv_netvsc netvsc xen-netfront vif r8169 8139cp nfp qede sfc cxgb4 enic hns3 atlantic bonding bridge team
        macvlan ipvlan vxlan geneve dummy tun gve mana idpf ionic thunderxvf nicvf fec stmmac macb lan78xx ax88179_178a
        cdc_ncm wireguard ibmveth qeth
        """);

    public static bool IsOfRules(string word) => s_rules.Contains(word);

    public static bool IsOfVersions(string word) => s_versions.Contains(word);

    public static bool IsDriver(string word) => s_drivers.Contains(word);

    /// <summary>The comment, where it says no more than whose the rule is; else nothing.</summary>
    public static string? Comment(string comment) => s_comments.Contains(comment) ? comment
        : comment.StartsWith("cali:", StringComparison.Ordinal) ? "cali:" : null;

    /// <summary>The longest known beginning of a name; empty where there is none.</summary>
    public static string StemOf(string name) =>
        s_stems.Where(s => name.StartsWith(s, StringComparison.Ordinal)).MaxBy(static s => s.Length) ?? string.Empty;

    private static FrozenSet<string> Set(string words) =>
        words.Replace("\\ ", "\u00a0", StringComparison.Ordinal).Split([' ', '\n', '\r'],
            StringSplitOptions.RemoveEmptyEntries).Select(static w => w.Replace('\u00a0', ' '))
            .ToFrozenSet(StringComparer.Ordinal);
}

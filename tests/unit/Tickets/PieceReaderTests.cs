using VxlanCsum.Advisories;
using VxlanCsum.Clusters;
using VxlanCsum.Counters;
using VxlanCsum.KernelLogs;
using VxlanCsum.Tunnels;
using Xunit;

namespace VxlanCsum.UnitTests.Tickets;

/// <summary>The readers that tickets brought: devices, counters, the kernel's log, tables, versions.</summary>
public sealed class PieceReaderTests
{
    [Fact]
    public void A_tunnel_is_read_from_ip_link()
    {
        var text = new LinkText("links.txt");
        string[] lines =
        [
            "3: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP",
                "    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff",
            "    inet 192.0.2.7/24 brd 192.0.2.255 scope global ens3", "    inet6 fe80::1/64 scope link",
            "9: flannel.1@NONE: <BROADCAST,MULTICAST> mtu 1450 qdisc noop state DOWN",
            "    vxlan id 7 local 192.0.2.7 dev ens3 srcport 40000 50000 dstport 8472 nolearning ttl auto ageing 300 "
                + "noudpcsum udp6zerocsumtx noudp6zerocsumrx",
            "10: cilium_vxlan: <UP> mtu 1500", "    vxlan external id 0 srcport 0 0 dstport 8472 nolearning ttl auto "
                + "udpcsum",
        ];
        Assert.All(lines, l => Assert.True(text.Add(l), l));
        Assert.Equal(["ens3", "flannel.1", "cilium_vxlan"], text.Links.Select(static l => l.Name));
        Assert.Equal("192.0.2.7", Assert.Single(text.Links[0].Addresses).ToString());
        VxlanInterface tunnel = text.Tunnels[0];
        Assert.Equal(("vxlan", 9, 7, (ushort)8472, "192.0.2.7", "ens3", false, true, false, "40000-50000", false, false,
            1450, "links.txt"),
            (tunnel.Kind, tunnel.Index, tunnel.Vni, tunnel.Port, $"{tunnel.Local}", tunnel.UnderlyingDevice,
                tunnel.UdpChecksum,
                tunnel.UdpZeroChecksum6Tx, tunnel.UdpZeroChecksum6Rx, $"{tunnel.SourcePortRange}", tunnel.Learning,
                    tunnel.Up, tunnel.Mtu, tunnel.Path));

        // Each packet's metadata decides there.
        Assert.Equal((true, null, null), (text.Tunnels[1].CollectMetadata, text.Tunnels[1].UdpChecksum,
            text.Tunnels[1].SourcePortRange));
        Assert.False(new LinkText("x").Add("no device here"));
    }

    [Theory]
    [InlineData("Udp: InDatagrams InCsumErrors\nUdp: 5 12", "Udp InCsumErrors 12")]
    [InlineData("#kernel\nUdpInCsumErrors                 12                 0.0", "Udp InCsumErrors 12")]
    [InlineData("Udp:\n    5 packets received\n    InCsumErrors: 12   <---- here", "Udp InCsumErrors 12")]
    [InlineData("Udp6InCsumErrors                12", "Udp6 InCsumErrors 12")]
    [InlineData("Ip:\n    9 total packets received\n    3 with invalid headers\nTcp:\n    InCsumErrors: 4",
        "Tcp InCsumErrors 4, Ip InHdrErrors 3")]
    [InlineData("Udp: InDatagrams InCsumErrors\nUdp: 5", "")]
    [InlineData("UdpInErrors 4 0.0", "")]
    public void Counters_are_read_in_every_form(string text, string counters)
    {
        var reader = new CounterText();
        foreach (string line in text.Split('\n'))
        {
            Assert.True(reader.Add(line), line);
        }

        Assert.Equal(counters, string.Join(", ", reader.Counters()));
        Assert.All(reader.Counters(), static c => Assert.Null(c.Delta));
    }

    [Fact]
    public void A_second_reading_tells_what_came()
    {
        var reader = new CounterText();
        reader.Add("UdpInCsumErrors 12 0.0");
        reader.EndReading();
        reader.Add("UdpInCsumErrors 15 0.0");
        Assert.Equal((15ul, 3L), (Assert.Single(reader.Counters()).Value, reader.Counters()[0].Delta));
    }

    [Fact]
    public void The_kernels_complaints_are_read_with_and_without_a_journals_prefix()
    {
        var log = new KernelLogText();
        Assert.True(log.Add("[  12.345678] UDP: bad checksum. From 192.0.2.1:4711 to 192.0.2.2:8472 ulen 75", 1));
        Assert.True(log.Add("Jan  2 03:04:05 node kernel: UDP: bad checksum. From 192.0.2.1:4712 to 192.0.2.2:8472 "
            + "ulen 75", 2));
        Assert.True(log.Add("node kernel: flannel.1: hw csum failure", 3));
        Assert.True(log.Add("[1.000001] mark: IN= OUT=eth0 SRC=192.0.2.1 DST=192.0.2.2 LEN=132 PROTO=UDP SPT=44246 "
            + "DPT=8472 LEN=112 MARK=0x4000", 4));
        Assert.False(log.Add("UDP: bad checksum. From somewhere to nowhere ulen 3", 5));
        Assert.Equal(["1 4711 192.0.2.2 8472 ", "2 4712 192.0.2.2 8472 ", "3 0  0 flannel.1"],
            log.Complaints.Select(static c => $"{c.Line} {c.FromPort} {c.To} {c.ToPort} {c.Device}"));
        Assert.Equal(0x4000u, Assert.Single(log.Marked).Mark);
    }

    [Fact]
    public void A_table_of_nodes_gives_versions_and_one_of_pods_those_that_do_not_run()
    {
        var table = new KubeTable();
        foreach (string line in (string[])["NAME   STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   "
            + "OS-IMAGE   KERNEL-VERSION   CONTAINER-RUNTIME",
            "n1     Ready    <none>   1d    v1.18.0   192.0.2.1   <none>   CentOS Linux 7 (Core)   "
                + "3.10.0-1062.el7.x86_64   docker://19.3.8"])
        {
            Assert.True(table.Add(line));
        }

        ClusterNode node = Assert.Single(table.Nodes);
        Assert.Equal(("n1", "v1.18.0", "CentOS Linux 7 (Core)", "3.10.0-1062.el7.x86_64"),
            (node.Name, node.Kubelet, node.OSImage, node.Kernel));
        var pods = new KubeTable();
        pods.Add("NAMESPACE     NAME            READY   STATUS             RESTARTS   AGE");
        pods.Add("kube-system   coredns-1       0/1     CrashLoopBackOff   5          3d");
        pods.Add("kube-system   coredns-2       1/1     Running            0          3d");
        Assert.Equal(["kube-system/coredns-1 CrashLoopBackOff"], pods.Failing);
    }

    [Fact]
    public void Versions_count_where_a_line_begins_with_what_it_names()
    {
        var words = new VersionWords();
        Assert.NotNull(words.Add("Linux n7 5.4.0-42-generic #46-Ubuntu SMP Fri Jul 10 00:24:02 UTC 2020 x86_64 "
            + "GNU/Linux", null));
        Assert.NotNull(words.Add("- Kubernetes version (use `kubectl version`): v1.18.5", null));
        Assert.NotNull(words.Add("* Flannel version: 0.11.0", null));
        Assert.NotNull(words.Add("        image: k8s.gcr.io/kube-proxy:v1.18.4", null));
        Assert.Null(words.Add("This was fixed in Kubernetes 1.19.0, they say.", null));
        Assert.Null(words.Add("5.10.1", null));
        Assert.NotNull(words.Add("PRETTY_NAME=\"Ubuntu 20.04.6 LTS\"", null));
        NodeVersions versions = words.Versions;
        Assert.Equal(("n7", "5.4.0-42-generic", "v1.18.5", "0.11.0", "v1.18.4", "Ubuntu 20.04.6 LTS"),
            (words.Host, versions.KernelRelease, versions.Kubelet, versions.Flannel, versions.KubeProxy,
                versions.Distribution));

        // Of two nodes: neither is the one.
        words.Add("Kernel: 6.1.0-18-amd64", null);
        Assert.Null(words.Versions.KernelRelease);
        Assert.Equal("kernel (5.4.0-42-generic, 6.1.0-18-amd64)", Assert.Single(words.Disputed));
    }
}

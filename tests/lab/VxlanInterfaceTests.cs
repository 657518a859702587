using System.Net;
using System.Text.Json;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests;

public sealed class VxlanInterfaceTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void EveryPropertyIsWhatIpSays()
    {
        using LabNamespace lab = Tunnels();
        VxlanInterface[] found = [
            .. engine.Run("Get-VxlanInterface -NetworkNamespace $args[0]", lab.Name).Values.Cast<VxlanInterface>()];
        using JsonDocument said = JsonDocument.Parse(lab.Ip("-d", "-j", "link"));
        JsonElement[] links = [.. said.RootElement.EnumerateArray()
            .Where(l => l.TryGetProperty("linkinfo", out JsonElement i)
                && i.TryGetProperty("info_kind", out JsonElement k) && k.GetString() == "vxlan")];
        Assert.Equal(6, links.Length);
        foreach ((JsonElement link, VxlanInterface tunnel) in links.Zip(found))
        {
            JsonElement data = link.GetProperty("linkinfo").GetProperty("info_data");
            Assert.Equal(link.GetProperty("ifname").GetString(), tunnel.Name);
            Assert.Equal(link.GetProperty("ifindex").GetInt32(), tunnel.Index);
            Assert.Equal(link.GetProperty("mtu").GetInt32(), tunnel.Mtu);
            Assert.Equal(link.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == "UP"), tunnel.Up);
            Assert.Equal(data.TryGetProperty("id", out JsonElement id) ? id.GetInt32() : 0, tunnel.Vni);
            Assert.Equal(data.GetProperty("port").GetUInt16(), tunnel.Port);
            Assert.Equal(Text(data, "local") ?? Text(data, "local6"), tunnel.Local?.ToString());
            Assert.Equal(Text(data, "remote") ?? Text(data, "remote6"), tunnel.Remote?.ToString());
            Assert.Equal(Text(data, "group") ?? Text(data, "group6"), tunnel.Group?.ToString());
            Assert.Equal(Flag(data, "udp_csum"), tunnel.UdpChecksum);
            Assert.Equal(Flag(data, "udp_zero_csum6_tx"), tunnel.UdpZeroChecksum6Tx);
            Assert.Equal(Flag(data, "udp_zero_csum6_rx"), tunnel.UdpZeroChecksum6Rx);
            Assert.Equal(Flag(data, "learning"), tunnel.Learning);
            Assert.Equal(data.TryGetProperty("external", out _), tunnel.CollectMetadata);

            // For a device that was moved here `ip` shows whichever device has that number here.
            if (Text(data, "link") is { } below && !link.TryGetProperty("link_netnsid", out _))
            {
                Assert.Equal(below, tunnel.UnderlyingDevice);
            }
        }
    }

    [Fact]
    public void TheUplinkAndItsDriverAreFound()
    {
        using LabNamespace lab = Tunnels();
        Dictionary<string, VxlanInterface> found =
            engine.Run("Get-VxlanInterface -NetworkNamespace $args[0]", lab.Name).Values
            .Cast<VxlanInterface>().ToDictionary(t => t.Name);
        Assert.Equal(("va", "veth"), (found["flannel.1"].UnderlyingDevice, found["flannel.1"].UnderlyingDriver));

        // No device is configured, so the one that has the local address is meant.
        Assert.Equal(("va", "veth"), (found["nodev"].UnderlyingDevice, found["nodev"].UnderlyingDriver));
        Assert.Equal(("va", "veth"), (found["v6"].UnderlyingDevice, found["v6"].UnderlyingDriver));

        // The number of a device in another namespace means nothing here.
        Assert.Null(found["moved"].UnderlyingDevice);
        Assert.Null(found["meta"].UnderlyingDevice);
    }

    [Fact]
    public void SourcePortsAreTheDevicesOrTheNamespacesOwn()
    {
        using LabNamespace lab = Tunnels();
        lab.Run("sh", "-c", "echo 20000 20999 > /proc/sys/net/ipv4/ip_local_port_range");
        Dictionary<string, VxlanInterface> found =
            engine.Run("Get-VxlanInterface -NetworkNamespace $args[0]", lab.Name).Values
            .Cast<VxlanInterface>().ToDictionary(t => t.Name);
        Assert.Equal(new PortRange(20000, 20999), found["flannel.1"].SourcePortRange);
        Assert.Equal(new PortRange(40000, 40100), found["range"].SourcePortRange);
    }

    [Fact]
    public void NamesAndKindsSelect()
    {
        using LabNamespace lab = Tunnels();
        Assert.Equal(["nodev", "v6"],
            engine.Run("Get-VxlanInterface nodev, v? -NetworkNamespace $args[0]", lab.Name).Property("Name"));
        Assert.Empty(engine.Run("Get-VxlanInterface -Kind geneve, ipip -NetworkNamespace $args[0]", lab.Name).Values);

        // A device that is there and is no tunnel is no error.
        SessionResult result = engine.Run("Get-VxlanInterface va, nosuch -NetworkNamespace $args[0]", lab.Name);
        Assert.Equal([NodeErrorId.InterfaceNotFound], result.ErrorIds);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void CompletionOffersTheDevicesOfTheNamespaceWithTooltips()
    {
        using LabNamespace lab = Tunnels();
        string line = $"Get-OffloadFeature -NetworkNamespace {lab.Name} -Interface flan";
        SessionResult result = engine.Run("(TabExpansion2 $args[0] $args[0].Length).CompletionMatches", line);
        Assert.Equal("flannel.1", result.OnlyOutput.Properties["CompletionText"].Value);
        Assert.Equal("vxlan, VNI 1, up, MTU 1450", result.OnlyOutput.Properties["ToolTip"].Value);
        Assert.Contains(lab.Name,
            engine.Run("(TabExpansion2 $args[0] $args[0].Length).CompletionMatches",
                "Get-VxlanInterface -NetworkNamespace ").Property("CompletionText"));
    }

    [Fact]
    public void ANamespaceThatIsNotThereIsAnErrorForItselfAlone()
    {
        using LabNamespace lab = Tunnels();
        SessionResult result = engine.Run("""
            $args | ForEach-Object { Get-VxlanInterface v6 -NetworkNamespace $_ }
            """, "no-such", lab.Name, lab.Path, Environment.ProcessId);
        Assert.Equal([NodeErrorId.NamespaceNotFound, NodeErrorId.InterfaceNotFound], result.ErrorIds);
        Assert.Equal([lab.Name, lab.Path], result.Output.Select(o => o.Properties["NetworkNamespace"].Value));
        SessionResult empty = engine.Run("Get-VxlanInterface -NetworkNamespace ''");
        Assert.Equal([NodeErrorId.NamespaceInvalid], empty.ErrorIds);
        Assert.Empty(empty.Output);
    }

    private static LabNamespace Tunnels()
    {
        LabNamespace lab = LabNamespace.Create();
        lab.Ip("link", "add", "va", "type", "veth", "peer", "name", "vb");
        lab.Ip("addr", "add", "192.0.2.1/24", "dev", "va");
        lab.Ip("addr", "add", "fd00::1/64", "dev", "va", "nodad");
        lab.Ip("link", "set", "va", "up");
        lab.Ip("link", "add", "flannel.1", "type", "vxlan", "id", "1", "dstport", "8472", "local", "192.0.2.1", "dev",
            "va", "nolearning");
        lab.Ip("link", "set", "flannel.1", "up");
        lab.Ip("link", "add", "nodev", "type", "vxlan", "id", "16777215", "dstport", "4789", "local", "192.0.2.1",
            "remote", "192.0.2.2", "noudpcsum");
        lab.Ip("link", "add", "v6", "type", "vxlan", "id", "3", "dstport", "4789", "local", "fd00::1", "remote",
            "fd00::2", "udp6zerocsumtx", "udp6zerocsumrx");
        lab.Ip("link", "add", "range", "type", "vxlan", "id", "4", "dstport", "4790", "group", "239.1.2.3", "dev", "va",
            "srcport", "40000", "40100");
        lab.Ip("link", "add", "meta", "type", "vxlan", "external", "dstport", "4791");

        // Made in one namespace and moved to another, as CNIs do.
        LabNamespace other = LabNamespace.Create();
        other.Ip("link", "add", "uplink", "type", "veth");
        other.Ip("link", "add", "moved", "type", "vxlan", "id", "5", "dstport", "4792", "dev", "uplink");
        other.Ip("link", "set", "moved", "netns", lab.Name);
        lab.Keep(other);
        return lab;
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out JsonElement value)
            ? IPAddress.TryParse(value.GetString(), out IPAddress? address) ? address.ToString() : value.GetString()
            : null;

    private static bool? Flag(JsonElement data, string name) =>
        data.TryGetProperty(name, out JsonElement value) ? value.GetBoolean() : null;
}

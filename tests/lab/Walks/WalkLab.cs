using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests.Walks;

/// <summary>
/// A node with VXLAN devices and a far end that takes everything: each case's frame leaves through its device to a peer
/// of its own, and what arrives tells what the rules did. The last byte of the mark arrives as the TTL.
/// </summary>
internal sealed class WalkLab : IDisposable
{
    private const int PacketFamily = 17, Broadcast = 0x0300, SocketLevel = 1, SetMark = 36, ForceReceiveBuffer = 33;
    private const ushort Ethertype = 0x88b5;
    private readonly bool _v6;
    private readonly LabNamespace _far;
    private readonly List<Socket> _taps = [];
    private readonly Dictionary<string, Socket> _senders = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("vxwalk").FullName;

    private WalkLab(bool v6)
    {
        _v6 = v6;
        Node = LabNamespace.Create();
        _far = LabNamespace.Create();
    }

    public LabNamespace Node { get; }

    public static WalkLab Create(bool v6)
    {
        LabNamespace.Require("ip", "bridge", "nft", "ipset", "conntrack", "iptables-legacy", "iptables-nft");
        var lab = new WalkLab(v6);
        lab.Wire();
        lab.Tunnels();
        lab.Probe();
        lab.Open();
        return lab;
    }

    /// <summary>Runs a program of the node on a text.</summary>
    public LabCommandResult Feed(string text, string program, params string[] arguments)
    {
        string file = Path.Combine(_folder, "input");
        File.WriteAllText(file, text);
        return Node.TryRun(program, [.. arguments, file]);
    }

    /// <summary>Sends the packets and waits for the last; what arrived, by case.</summary>
    public Dictionary<int, WalkOutcome> Send(IReadOnlyCollection<WalkPacket> packets)
    {
        Node.TryRun("conntrack", "-F");
        var last = new WalkPacket(WalkPacket.MostCases, _v6, WalkDevice.All[0], 0);
        foreach (WalkPacket packet in packets.Append(last))
        {
            Socket sender = _senders[packet.Device.Name];
            sender.SetRawSocketOption(SocketLevel, SetMark, BitConverter.GetBytes(packet.Mark));
            sender.Send(Frame(packet.Index));
        }

        var outcomes = new Dictionary<int, WalkOutcome>();
        byte[] buffer = new byte[4096];
        foreach (Socket tap in _taps)
        {
            // The last packet has come when all have: the cable keeps their order.
            while (!outcomes.ContainsKey(last.Index) || tap.Available > 0)
            {
                if (Parse(buffer.AsSpan(0, tap.Receive(buffer))) is { } seen)
                {
                    outcomes.TryAdd(seen.Index, seen.Outcome);
                }
            }
        }

        outcomes.Remove(last.Index);
        return outcomes;
    }

    public void Dispose()
    {
        _taps.ForEach(static t => t.Dispose());
        foreach (Socket sender in _senders.Values)
        {
            sender.Dispose();
        }

        Node.Dispose();
        _far.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Wire()
    {
        foreach (LabNamespace place in (LabNamespace[])[Node, _far])
        {
            // Reports of group membership carry random marks, and neighbours that are looked for wait.
            string off = _v6 ? "0" : "1";
            place.Run("sysctl", "-qw", $"net.ipv6.conf.all.disable_ipv6={off}", $"net.ipv6.conf.default.disable_ipv6={off}",
                "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0", "net.ipv6.conf.default.accept_dad=0");
        }

        LabNamespace.Connect(Node, "eth0", _far, "eth0");
        string[] late = _v6 ? ["nodad", "preferred_lft", "0"] : [];
        string[] nodad = _v6 ? ["nodad"] : [];
        Node.Ip(["addr", "add", WalkPacket.Node(_v6, 1) + (_v6 ? "/64" : "/24"), "dev", "eth0", .. nodad]);
        Node.Ip(["addr", "add", WalkPacket.Node(_v6, 2) + (_v6 ? "/64" : "/24"), "dev", "eth0", .. late]);
        string gateway = WalkPacket.Node(_v6, 99);
        string mac = _far.Ip("-o", "link", "show", "eth0").Split("link/ether ")[1].Split(' ')[0];
        Node.Ip("neigh", "replace", gateway, "lladdr", mac, "dev", "eth0", "nud", "permanent");
        Node.Ip(_v6 ? "-6" : "-4", "route", "add", "default", "via", gateway, "dev", "eth0");
    }

    private void Tunnels()
    {
        var entries = new StringBuilder();
        foreach (WalkDevice device in WalkDevice.All)
        {
            string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
            Node.Ip("link", "add", device.Name, "type", "vxlan", "id", Text(device.Vni), "dstport", Text(device.Port),
                "srcport", Text(device.SourcePort), Text(device.SourcePort + 1), "local", WalkPacket.Node(_v6, device.Host), "dev", "eth0", "nolearning");
            Node.Ip("link", "set", device.Name, "up");
            for (int i = 0; i <= WalkPacket.MostCases; i++)
            {
                entries.Append(CultureInfo.InvariantCulture, $"fdb append {WalkPacket.Mac(i)} dev {device.Name} dst {WalkPacket.Remote(_v6, i)}\n");
            }
        }

        LabCommandResult result = Feed(entries.ToString(), "bridge", "-batch");
        Assert.True(result.ExitCode == 0, result.Error);
    }

    /// <summary>Behind all other rules the mark's last byte is written into the packet's TTL.</summary>
    private void Probe()
    {
        string Each(string form) => string.Concat(Enumerable.Range(0, 256).Select(i => string.Format(CultureInfo.InvariantCulture, form, i)));
        string field = _v6 ? "ip6 hoplimit" : "ip ttl";
        string chains = Each($"chain m{{0}} {{{{\n {field} set {{0}}\n }}}}\n"), elements = Each("0x{0:x} : goto m{0}, ");
        LabCommandResult result = Feed(
            $"table {(_v6 ? "ip6" : "ip")} walkprobe {{\n{chains}chain last {{\ntype filter hook postrouting priority 300\n"
            + $"meta mark & 0xff vmap {{ {elements} }}\n}}\n}}\n", "nft", "-f");
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private void Open()
    {
        _taps.Add(Tap(_far, "eth0"));
        _taps.Add(Tap(Node, "lo"));
        foreach (WalkDevice device in WalkDevice.All)
        {
            _senders[device.Name] = Packet(Node, device.Name, 0);
        }
    }

    private static Socket Tap(LabNamespace place, string device)
    {
        Socket socket = Packet(place, device, Broadcast);
        socket.SetRawSocketOption(SocketLevel, ForceReceiveBuffer, BitConverter.GetBytes(64 << 20));
        socket.ReceiveTimeout = 20_000;
        return socket;
    }

    private static Socket Packet(LabNamespace place, string device, int protocol)
    {
        int index = int.Parse(place.Ip("-o", "link", "show", device).Split(':')[0], CultureInfo.InvariantCulture);
        Socket socket = NetworkNamespace.Within(place.Name, () => NetworkNamespace.Enter(
            () => new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)protocol)));
        socket.Bind(new DeviceEndPoint((ushort)protocol, index));
        return socket;
    }

    private static byte[] Frame(int index)
    {
        byte[] frame = new byte[64];
        PhysicalAddress.Parse(WalkPacket.Mac(index).Replace(':', '-').ToUpperInvariant()).GetAddressBytes().CopyTo(frame, 0);
        frame[6] = 0x02;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), Ethertype);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(14), index);
        return frame;
    }

    /// <summary>A frame on the cable; null for one that is no case's.</summary>
    private (int Index, WalkOutcome Outcome)? Parse(ReadOnlySpan<byte> frame)
    {
        const int Udp = 17, Ethernet = 14, Vxlan = 8;
        int header = _v6 ? 40 : 20, width = _v6 ? 16 : 4, addresses = _v6 ? 8 : 12;
        if (frame.Length < Ethernet + header + 8 + Vxlan + Ethernet + 4 || frame[Ethernet + (_v6 ? 6 : 9)] != Udp)
        {
            return null;
        }

        ReadOnlySpan<byte> ip = frame[Ethernet..], udp = ip[header..], inner = udp[(8 + Vxlan)..];
        if (BinaryPrimitives.ReadUInt16BigEndian(inner[12..]) != Ethertype)
        {
            return null;
        }

        return (BinaryPrimitives.ReadInt32BigEndian(inner[14..]), new WalkOutcome(
            new IPAddress(ip.Slice(addresses, width)).ToString(), BinaryPrimitives.ReadUInt16BigEndian(udp),
            new IPAddress(ip.Slice(addresses + width, width)).ToString(), BinaryPrimitives.ReadUInt16BigEndian(udp[2..]),
            ip[_v6 ? 7 : 8]));
    }

    /// <summary>struct sockaddr_ll.</summary>
    private sealed class DeviceEndPoint(ushort protocol, int index) : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, 20);
            Span<byte> bytes = address.Buffer.Span;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], protocol);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], index);
            return address;
        }
    }
}

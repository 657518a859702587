using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using VxlanCsum.Checksums;
using VxlanCsum.Node.Counters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Processes;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Node.KernelTests;

/// <summary>Sends UDP through a tunnel whose packets are translated, and looks at what arrives.</summary>
internal sealed class KernelDefectTest : IDisposable
{
    private const int Packets = 6, InnerPort = 5300, FirstTunnelPort = 47890;
    private const int HeaderLength = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2), s_step = TimeSpan.FromMilliseconds(50);
    private readonly TestNamespaces _places = new();

    /// <summary>Runs the test for a defect.</summary>
    /// <exception cref="NodeException">It could not be set up, or nothing can be told from what came.</exception>
    public KernelDefectResult Run(ChecksumDefect defect, CancellationToken cancellation)
    {
        bool outerChecksum = defect == ChecksumDefect.B;
        int number = outerChecksum ? 2 : 1, port = FirstTunnelPort + number;
        string net = string.Create(CultureInfo.InvariantCulture, $"198.18.{number}.");
        AddTunnel(_places.Sender, number, port, "192.0.2.1", "192.0.2.2", net + "1/24", outerChecksum);
        AddTunnel(_places.Receiver, number, port, "192.0.2.2", "192.0.2.1", net + "2/24", outerChecksum);
        Translate(port);
        (Socket raw, Socket udp, long before) = NetworkNamespace.Within(_places.Receiver, () => (
            NetworkNamespace.Enter(
                static () => new Socket(AddressFamily.InterNetwork, SocketType.Raw,
                    ProtocolType.Udp)
                { ReceiveBufferSize = 1 << 20 }),
            Bound(new IPEndPoint(IPAddress.Parse(net + "2"), InnerPort)), Errors()));
        using (raw)
        using (udp)
        {
            NetworkNamespace.Within(_places.Sender, () => Send(new IPEndPoint(IPAddress.Parse(net + "2"), InnerPort)));
            (int received, long errors) = Await(udp, before, cancellation);
            return Judge(defect, received, errors, Captured(raw, port));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private static void AddTunnel(string place, int number, int port, string local, string remote, string address,
        bool checksum)
    {
        string id = number.ToString(CultureInfo.InvariantCulture), device = "vx" + id;
        TestNamespaces.Ip("-n", place, "link", "add", device, "type", "vxlan", "id", id, "dstport",
            port.ToString(CultureInfo.InvariantCulture),
            "local", local, "remote", remote, "dev", "up0", checksum ? "udpcsum" : "noudpcsum");
        TestNamespaces.Ip("-n", place, "addr", "add", address, "dev", device);
        TestNamespaces.Ip("-n", place, "link", "set", device, "up");
    }

    /// <summary>By the first of the engines that works here: a program that is installed may have no kernel for
    /// it.</summary>
    private void Translate(int port)
    {
        string number = port.ToString(CultureInfo.InvariantCulture);
        string[] rule = ["-w", "10", "-t", "nat", "-A", "POSTROUTING", "-p", "udp", "--dport", number, "-j",
            "MASQUERADE", "--random-fully"];
        (string Program, string[] Arguments)[] ways =
        [
            ("nft", [$"add table ip vxlancsum; add chain ip vxlancsum post {{ type nat hook postrouting priority "
                + $"100; }}; add rule ip vxlancsum post udp dport {number} masquerade fully-random"]),
            .. ((string[])["iptables-nft", "iptables", "iptables-legacy"]).Select(p => (p, rule)),
        ];
        ways = [.. ways.Where(static w => CommandRunner.Find(w.Program) is not null)];
        if (ways.Length == 0)
        {
            throw CommandRunner.Missing("nft");
        }

        NodeException? first = null;
        foreach ((string program, string[] arguments) in ways)
        {
            try
            {
                NetworkNamespace.Within(_places.Sender, () =>
                {
                    TestNamespaces.Run(program, arguments);
                    return true;
                });
                return;
            }
            catch (NodeException e)
            {
                first ??= e;
            }
        }

        throw first!;
    }

    private static Socket Bound(IPEndPoint place)
    {
        Socket socket = Datagrams();
        socket.Bind(place);
        return socket;
    }

    private static Socket Datagrams() =>
        NetworkNamespace.Enter(static () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));

    /// <summary>Each from a port of its own, so that each makes a flow of its own.</summary>
    private static bool Send(IPEndPoint target)
    {
        for (int i = 0; i < Packets; i++)
        {
            using Socket socket = Datagrams();
            socket.SendTo(new byte[40 + i], target);
        }

        return true;
    }

    private (int Received, long Errors) Await(Socket udp, long before, CancellationToken cancellation)
    {
        int received = 0;
        long errors = 0, start = Stopwatch.GetTimestamp();
        byte[] buffer = new byte[2048];
        while (received + errors < Packets && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            cancellation.ThrowIfCancellationRequested();
            if (udp.Poll(s_step, SelectMode.SelectRead))
            {
                udp.Receive(buffer);
                received++;
            }

            errors = NetworkNamespace.Within(_places.Receiver, Errors) - before;
        }

        return (received, errors);
    }

    private static long Errors() =>
        ChecksumCounters.Read().Where(static c => c.Protocol == "Udp").Sum(static c => (long)c.Value);

    /// <summary>What came in for the tunnel: a raw socket sees it before its checksum is verified.</summary>
    private static List<(ushort Found, ushort Expected, ushort SourcePort)> Captured(Socket raw, int port)
    {
        var seen = new List<(ushort, ushort, ushort)>();
        byte[] buffer = new byte[4096];
        while (raw.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            Span<byte> packet = buffer.AsSpan(0, raw.Receive(buffer));
            int header = (packet[0] & 0xf) * 4;
            Span<byte> udp = packet[header..];
            if (udp.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) != port)
            {
                continue;
            }

            ushort found = BinaryPrimitives.ReadUInt16BigEndian(udp[6..]),
                source = BinaryPrimitives.ReadUInt16BigEndian(udp);
            udp[6..8].Clear();
            ushort seed = PseudoHeader.Seed(new IPAddress(packet[12..16]), new IPAddress(packet[16..20]), 17,
                (uint)udp.Length);
            ushort expected = (ushort)~OnesComplement.Fold((ulong)seed + OnesComplement.Sum(udp));
            seen.Add((found, expected == 0 ? ushort.MaxValue : expected, source));
        }

        return seen;
    }

    private static KernelDefectResult Judge(ChecksumDefect defect, int received, long errors,
        List<(ushort Found, ushort Expected, ushort SourcePort)> seen)
    {
        var wrong = seen.Where(static p => p.Found != 0 && p.Found != p.Expected).ToList();
        if (received == 0 && errors == 0)
        {
            throw new NodeException(NodeErrorId.KernelTestFailed, NodeFailure.Failed, defect.ToString(),
                $"Nothing can be told of defect {defect}: of {Packets} packets none arrived, and none was counted as "
                + $"broken.", "Some sandboxes' networks do not forward VXLAN.");
        }

        var evidence = new List<string> {
            $"{Packets} packets sent, {received} received, InCsumErrors of UDP +{errors}" };
        evidence.AddRange(wrong.Take(3).Select(p => string.Create(CultureInfo.InvariantCulture,
            $"outer checksum 0x{p.Found:x4}, {(defect == ChecksumDefect.A ? "where there was none before NAT (right "
                + "would be" : "right would be")} 0x{p.Expected:x4}{(defect == ChecksumDefect.A ? ")"
                    : "")}, source port {p.SourcePort}")));
        if (wrong.Count == 0 && seen.Count > 0)
        {
            evidence.Add(defect == ChecksumDefect.A ? "translated packets keep their outer checksum of zero"
                : "translated packets have a right outer checksum");
        }

        return new KernelDefectResult
        {
            Defect = defect,
            Present = errors > 0 && wrong.Count > 0,
            Evidence = [.. evidence],
            KernelRelease = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            Sent = Packets,
            Received = received,
            ChecksumErrors = errors,
        };
    }
}

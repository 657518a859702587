using System.Globalization;

namespace VxlanCsum.LabTests.Walks;

/// <summary>Chance with a seed, and values near those of a packet, so that rules match about as often as not.</summary>
internal sealed class RandomChoice(int seed)
{
    private static readonly uint[] s_marks = [0x1, 0x2, 0x4, 0x10, 0x40, 0x80, 0x3, 0xff, 0x4000, 0x8000, 0x4010,
        0x10000];
    private readonly Random _random = new(seed);

    public int Below(int limit) => _random.Next(limit);

    public bool Chance(double probability) => _random.NextDouble() < probability;

    public T Of<T>(params T[] values) => values[_random.Next(values.Length)];

    public uint Bits() => Of(s_marks);

    public static string Hex(uint bits) => string.Create(CultureInfo.InvariantCulture, $"0x{bits:x}");

    public WalkPacket Packet(int index, bool v6) =>
        new(index, v6, Of([.. WalkDevice.All]), Chance(0.75) ? Bits() : Chance(0.5) ? Bits() | Bits() : 0);

    /// <summary>The address, another, or a network around one of them.</summary>
    public string Address(WalkPacket packet, bool source)
    {
        string address = Chance(0.65) ? (source ? packet.Source : packet.Destination)
            : source ? WalkPacket.Node(packet.V6, 1 + Below(3)) : WalkPacket.Remote(packet.V6, Below(400));
        int[] lengths = packet.V6 ? [128, 127, 124, 112, 64, 32, 1] : [32, 31, 28, 24, 16, 8, 1];
        return Chance(0.4) ? address : string.Create(CultureInfo.InvariantCulture, $"{address}/{Of(lengths)}");
    }

    public string Range(WalkPacket packet, bool source)
    {
        string one = source ? packet.Source : packet.Destination;
        string first = packet.V6 ? "fd08::" : "10.8.0.1", last = packet.V6 ? "fd09::ffff" : "10.9.255.255";
        return Chance(0.3) ? $"{one}-{one}"
            : Chance(0.5) ? $"{first}-{one}" : Chance(0.5) ? $"{one}-{last}" : $"{last}-{last}";
    }

    /// <summary>A port or, behind this sign, a range of ports.</summary>
    public string Port(WalkPacket packet, bool source, char range)
    {
        int port = source ? packet.Device.SourcePort : packet.Device.Port;
        int near = Chance(0.5) ? port : Chance(0.5) ? port + Of(-1, 1) : Of(53, 8472, 4789, 41000, 50000);
        (int first, int last) = Chance(0.6) ? (near, near) : Of((1, near), (near, 65535), (near - 10, near + 10));
        return first == last
            ? first.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{first}{range}{last}");
    }

    public string Ports(WalkPacket packet, bool source, char range, int most = 4) =>
        string.Join(',',
            Enumerable.Range(0, 1 + Below(most)).Select(_ => Port(packet, source && Chance(0.8), range)).Distinct());

    /// <summary>Ports as targets take them: a range has a dash.</summary>
    public string NewPorts(WalkPacket packet) => Of(
        "1024-65535", "1024-2000", "60000", packet.Device.SourcePort.ToString(CultureInfo.InvariantCulture),
        "40000-60000");

    public string NewSource(WalkPacket packet)
    {
        string first = WalkPacket.Node(packet.V6, 1), last = WalkPacket.Node(packet.V6, 3);
        return Of(packet.Source, packet.Source, first, last, WalkPacket.Node(packet.V6, 2), $"{first}-{last}");
    }

    public string NewDestination(WalkPacket packet) => Of(
        packet.NewDestination, packet.NewDestination, packet.Destination);

    /// <summary>A negation, now and then.</summary>
    public string Not(double probability = 0.3) => Chance(probability) ? "! " : "";
}

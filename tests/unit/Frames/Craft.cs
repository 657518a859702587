using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Checksums;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Builds frames header by header, innermost first, each as its RFC says.</summary>
internal static class Craft
{
    public static byte[] Payload(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 37) + length))];

    /// <summary>Two addresses: all that a transport checksum wants to know of the packet around it.</summary>
    public sealed record Route(string Source, string Destination)
    {
        public static readonly Route V4 = new("10.0.10.14", "10.0.10.10"), V6 = new("fd00::14", "fd00::10");
        public static readonly Route InnerV4 = new("10.244.1.2", "10.244.2.3"), InnerV6 = new("fd01::2", "fd02::3");

        public byte[] From => IPAddress.Parse(Source).GetAddressBytes();
        public byte[] To => IPAddress.Parse(Destination).GetAddressBytes();

        public byte[] Pseudo(int protocol, int length) =>
            [.. From, .. To, .. Word(length >> 16), .. Word(length), 0, 0, 0, (byte)protocol];
    }

    public static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    public static Packet Tcp(Route route, int payload, Fill fill = Fill.Right, int length = -1) => Sum(
        new Packet([.. Word(40000), .. Word(443), 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, .. Word(500), 0, 0, 0, 0,
            .. Payload(payload)]),
        16, fill, seed: route.Pseudo(6, length < 0 ? 20 + payload : length));

    public static Packet Udp(Route route, Packet payload, Fill fill = Fill.Right, int destination = 53,
        int source = 40001, int? length = null) => Sum(
        payload.Behind([.. Word(source), .. Word(destination), .. Word(length ?? payload.Length + 8), 0, 0]),
        6, fill, seed: route.Pseudo(17, payload.Length + 8), zeroIsOnes: true);

    public static Packet UdpLite(Route route, int payload, int coverage, Fill fill = Fill.Right)
    {
        Packet whole = new([.. Word(40002), .. Word(53), .. Word(coverage), 0, 0, .. Payload(payload)]);
        return Sum(whole, 6, fill, route.Pseudo(136, whole.Length), covered: coverage == 0 ? whole.Length : coverage,
            zeroIsOnes: true);
    }

    public static Packet Icmp(int payload, Fill fill = Fill.Right) =>
        Sum(new Packet([8, 0, 0, 0, 0, 1, 0, 2, .. Payload(payload)]), 2, fill, []);

    public static Packet IcmpV6(Route route, int payload, Fill fill = Fill.Right) =>
        Sum(new Packet([128, 0, 0, 0, 0, 1, 0, 2, .. Payload(payload)]), 2, fill, route.Pseudo(58, payload + 8));

    public static Packet Igmp(Fill fill = Fill.Right) => Sum(new Packet(0x16, 0, 0, 0, 239, 1, 2, 3), 2, fill, []);

    /// <summary>A DATA chunk. <paramref name="checksum"/> null: CRC32c.</summary>
    public static Packet Sctp(int payload, uint? checksum = null)
    {
        byte[] packet = [.. Word(40003), .. Word(36412), 0, 0, 0, 7, 0, 0, 0, 0, 0, 3, .. Word(16 + payload), 0, 0, 0,
            1, 0, 0, 0, 0, 0, 0, 0, 0, .. Payload(payload)];
        uint sum = checksum ?? ReferenceSum.Crc32C(packet);
        return new Packet(packet).With(8, (ushort)(sum >> 16)).With(10, (ushort)sum);
    }

    public static Packet Gre(int protocol, Packet payload, bool checksum = false, int? key = null, int? sequence = null,
        Fill fill = Fill.Right)
    {
        int flags = (checksum ? 0x8000 : 0) | (key is null ? 0 : 0x2000) | (sequence is null ? 0 : 0x1000);
        Packet packet = payload.Behind(
            [.. Word(flags), .. Word(protocol), .. checksum ? new byte[4] : [],
                .. key is { } k ? [.. Word(k >> 16), .. Word(k)] : (byte[])[],
                .. sequence is { } s ? [.. Word(s >> 16), .. Word(s)] : (byte[])[]]);
        return checksum ? Sum(packet, 4, fill, []) : packet;
    }

    public static Packet Vxlan(Packet payload, int vni = 100) =>
        payload.Behind(8, 0, 0, 0, (byte)(vni >> 16), (byte)(vni >> 8), (byte)vni, 0);

    public static Packet VxlanGpe(int next, Packet payload) => payload.Behind(0x0c, 0, 0, (byte)next, 0, 0, 100, 0);

    public static Packet Geneve(int protocol, Packet payload, params byte[] options) =>
        payload.Behind([(byte)(options.Length / 4), 0, .. Word(protocol), 0, 0, 100, 0, .. options]);

    /// <param name="length">Total length in the header; null for the right one.</param>
    public static Packet IPv4(Route route, int protocol, Packet payload, byte[]? options = null, int fragment = 0,
        int? length = null, Fill fill = Fill.Right, string? hop = null)
    {
        options ??= [];
        byte[] destination = hop is null ? route.To : IPAddress.Parse(hop).GetAddressBytes();
        Packet header = new([(byte)(0x45 + (options.Length / 4)), 0,
            .. Word(length ?? 20 + options.Length + payload.Length), 0, 1, .. Word(fragment),
            64, (byte)protocol, 0, 0, .. route.From, .. destination, .. options]);
        return payload.Behind(Sum(header, 10, fill, []).Bytes);
    }

    public static Packet IPv6(Route route, int next, Packet payload, int? length = null, string? hop = null,
        string? from = null) =>
        payload.Behind([0x60, 0, 0, 0, .. Word(length ?? payload.Length), (byte)next, 64,
            .. from is null ? route.From : IPAddress.Parse(from).GetAddressBytes(),
            .. hop is null ? route.To : IPAddress.Parse(hop).GetAddressBytes()]);

    public static Packet Ethernet(int type, Packet payload) =>
        payload.Behind([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. Word(type)]);

    public static Packet Vlan(int tag, int type, Packet payload) => payload.Behind([.. Word(tag), .. Word(type)]);

    public static byte[] Address(string address) => IPAddress.Parse(address).GetAddressBytes();

    private static Packet Sum(Packet packet, int field, Fill fill, byte[] seed, int? covered = null,
        bool zeroIsOnes = false)
    {
        uint pseudo = ReferenceSum.Fold(ReferenceSum.Add(0, seed));
        uint right = 0xffff
            - ReferenceSum.Fold(ReferenceSum.Add(pseudo, packet.Bytes.AsSpan(0, covered ?? packet.Length)));
        ushort complete = (ushort)(right == 0 && zeroIsOnes ? 0xffff : right);
        return fill switch
        {
            Fill.Right => packet.With(field, complete),
            Fill.Wrong => packet.With(field, (ushort)(complete ^ 0x1234)),
            Fill.Seed => packet.With(field, complete).WithLater(field, (ushort)pseudo),
            Fill.SeedNow => packet.With(field, (ushort)pseudo),
            _ => packet,
        };
    }
}

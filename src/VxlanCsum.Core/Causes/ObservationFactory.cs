using System.Globalization;
using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Makes an <see cref="Observation"/> of a walked frame, a kept packet, or a packet read from text.</summary>
internal static class ObservationFactory
{
    private static readonly ChecksumProtocol[] s_portless =
    [
        ChecksumProtocol.IPv4, ChecksumProtocol.Icmp, ChecksumProtocol.IcmpV6, ChecksumProtocol.Igmp,
        ChecksumProtocol.Gre,
    ];

    /// <summary>Of a frame that is being walked: nothing is allocated, and nothing copied.</summary>
    public static void Of(FrameVerdict verdict, in CapturedFrame frame, out Observation seen)
    {
        seen = default;
        seen.FrameNumber = frame.Number;
        seen.TimestampNanoseconds = frame.TimestampNanoseconds;
        seen.Tunnel = verdict.Tunnel;
        seen.Vni = verdict.Vni;
        seen.OuterSourcePort = verdict.TunnelSourcePort;
        seen.OuterDestinationPort = verdict.TunnelDestinationPort;
        seen.OuterTtl = verdict.TunnelTtl;
        seen.Fill(verdict.LayerSpan, new VerdictAddresses(verdict), verdict.TunnelAddress,
            Math.Max(frame.WireLength, (uint)frame.CapturedLength), verdict.Status);
    }

    public static Observation Of(PacketChecksum packet, HostNames names)
    {
        Observation seen = new()
        {
            FrameNumber = packet.FrameNumber,
            TimestampNanoseconds = packet.TimestampNanoseconds,
            Tunnel = packet.TunnelType,
            Vni = packet.Vni ?? -1,
            OuterTtl = packet.Facts.TunnelTtl,
        };
        if (packet.Facts.Walked is { } facts)
        {
            seen.OuterSourcePort = facts.TunnelSourcePort;
            seen.OuterDestinationPort = facts.TunnelDestinationPort;
            seen.Fill(facts.Records, new PackedAddresses(facts), facts.TunnelAddress, packet.WireLength, packet.Status);
        }
        else
        {
            FillFromText(ref seen, packet, names);
        }

        return seen;
    }

    /// <summary>Text gives words for what the walker gives as numbers; so they are turned back.</summary>
    private static void FillFromText(ref Observation seen, PacketChecksum packet, HostNames names)
    {
        IReadOnlyList<ChecksumLayer> layers = packet.Layers;
        LayerRecord[] records = new LayerRecord[layers.Count];
        bool tunnel = packet.TunnelType != TunnelType.None;
        (HostId Source, HostId Destination)[] addresses = new (HostId, HostId)[tunnel ? 2 : 1];
        ushort sourcePort = 0, destinationPort = 0;
        if (tunnel)
        {
            addresses[0] = (Endpoint(packet.OuterSource, names, out sourcePort),
                Endpoint(packet.OuterDestination, names, out destinationPort));
            (seen.OuterSourcePort, seen.OuterDestinationPort) = (sourcePort, destinationPort);
        }

        addresses[^1] = (Endpoint(packet.Source, names, out sourcePort),
            Endpoint(packet.Destination, names, out destinationPort));
        for (int i = 0; i < records.Length; i++)
        {
            ChecksumLayer layer = layers[i];
            bool inner = tunnel && !layer.IsTunnel && layer.Depth > 0;
            records[i] = Record(layer, (byte)(inner ? 1 : 0), sourcePort, destinationPort);
        }

        seen.Fill(records, new TextAddresses(addresses), tunnel ? 0 : -1, packet.WireLength, packet.Status);
        seen.InnerUnknown = tunnel && (!seen.HasInner || seen.Inner.Status == ChecksumStatus.Unverified);
    }

    private static LayerRecord Record(ChecksumLayer layer, byte address, ushort sourcePort, ushort destinationPort)
    {
        bool isOwn = layer.IsTunnel || Array.IndexOf(s_portless, layer.Protocol) >= 0;
        return new LayerRecord
        {
            Protocol = layer.Protocol,
            Status = layer.Status,
            Depth = (byte)layer.Depth,
            AddressIndex = address,
            Flags = Flags(layer),
            SourcePort = layer.SourcePort != 0 || isOwn ? layer.SourcePort : sourcePort,
            DestinationPort = layer.DestinationPort != 0 || isOwn ? layer.DestinationPort : destinationPort,
            Found = layer.Found ?? 0,
            Expected = layer.Expected ?? 0,
            Completed = (ushort)(layer.ExpectedOnWire ?? 0),
            Length = layer.Length,
            Offset = layer.Offset,
            Reason = layer.Code,
        };
    }

    private static LayerFlags Flags(ChecksumLayer layer) => (layer.Found is null ? 0 : LayerFlags.HasFound)
        | (layer.Expected is null ? 0 : LayerFlags.HasExpected)
        | (layer.ExpectedOnWire is null || layer.ExpectedOnWire == layer.Expected ? 0 : LayerFlags.HasCompleted)
        | (layer.IsTunnel ? LayerFlags.Tunnel : 0);

    /// <summary>"10.0.0.1:53", "[fd00::1]:53", "10.0.0.1", "host.example:53": an address, or a number that stands for
    /// the name.</summary>
    internal static HostId Endpoint(string? text, HostNames names, out ushort port)
    {
        port = 0;
        if (string.IsNullOrEmpty(text))
        {
            return default;
        }

        // IPAddress takes "[fd00::1]:53" as well, and forgets the port.
        if (text[0] != '[' && IPAddress.TryParse(text, out IPAddress? bare))
        {
            return HostId.From(bare);
        }

        if (IPEndPoint.TryParse(text, out IPEndPoint? endpoint))
        {
            port = (ushort)endpoint.Port;
            return HostId.From(endpoint.Address);
        }

        int colon = text.LastIndexOf(':');
        ReadOnlySpan<char> name = text;
        if (colon > 0)
        {
            // What follows may be a service's name that nobody knows the number of.
            _ = ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port);
            name = name[..colon];
        }

        return names.Number(name.Trim("[]").ToString());
    }

    private readonly struct VerdictAddresses(FrameVerdict verdict) : IAddresses
    {
        public int Count => verdict.AddressCount;

        public HostId Address(int index, bool source) =>
            (uint)index >= (uint)verdict.AddressCount ? default
                : HostId.From(source ? verdict.Source(index) : verdict.Destination(index));
    }

    private readonly struct PackedAddresses(PackedFacts facts) : IAddresses
    {
        public int Count => facts.InnerAddress + 1;

        public HostId Address(int index, bool source) => HostId.From(facts.AddressBytes(index, source));
    }

    private readonly struct TextAddresses((HostId Source, HostId Destination)[] addresses) : IAddresses
    {
        public int Count => addresses.Length;

        public HostId Address(int index, bool source) =>
            (uint)index >= (uint)addresses.Length ? default
                : source ? addresses[index].Source : addresses[index].Destination;
    }
}

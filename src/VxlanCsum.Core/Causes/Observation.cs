using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>What the cause analysis looks at in one packet, whichever way the packet came.</summary>
internal struct Observation
{
    /// <summary>No wire carries more in one packet; what is longer is still to be segmented, or was merged on
    /// arrival.</summary>
    public const long LongestWireFrame = 9400;

    private const int FrameBits = 44;

    /// <summary>Which of the analysed captures; see <see cref="CauseAnalyzer"/>.</summary>
    public int Path;
    public long FrameNumber;

    /// <summary>Which packet comes before which.</summary>
    public readonly long Order => ((long)Path << FrameBits) | FrameNumber;
    public long TimestampNanoseconds;
    public TunnelType Tunnel;

    /// <summary>-1 where there is none.</summary>
    public int Vni;

    /// <summary>Of the tunnel packet; of the outermost packet where there is no tunnel.</summary>
    public HostId OuterSource, OuterDestination;
    public ushort OuterSourcePort, OuterDestinationPort;

    /// <summary>Time to live (hop limit) of the tunnel packet; 0 where it is not known.</summary>
    public byte OuterTtl;

    /// <summary>It is none that a sender starts with: so the packet passed a router.</summary>
    public readonly bool IsRouted => IsRoutedTtl(OuterTtl);

    public static bool IsRoutedTtl(byte ttl) => ttl is not (0 or 64 or 128 or 255);

    /// <summary>The UDP header of the tunnel, where the tunnel is over UDP.</summary>
    public LayerRecord Outer;
    public bool HasOuter;

    /// <summary>The innermost transport header with a checksum; without a tunnel, the transport header.</summary>
    public LayerRecord Inner;
    public bool HasInner;

    /// <summary>Pasted text need not show what is inside; a walked frame that has no inner checksum really has
    /// none.</summary>
    public bool InnerUnknown;

    /// <summary>The addresses and ports of <see cref="Inner"/>, or of the innermost IP header.</summary>
    public FlowKey Flow;

    /// <summary>The first wrong checksum apart from <see cref="Outer"/>, and whose it is.</summary>
    public LayerRecord Damaged;
    public bool HasDamaged;
    public FlowKey DamagedFlow;

    /// <summary>The worst verdict of all layers, zero IPv4 header checksums apart: they are a device's or generator's
    /// choice.</summary>
    public ChecksumStatus Worst;
    public bool HeaderZero;

    /// <summary>Why the first layer that could not be verified could not.</summary>
    public LayerReason UnverifiedReason;
    public bool AnyPartial;
    public bool SuperPacket;

    /// <summary>A checksum of it is wrong and not merely unfinished.</summary>
    public readonly bool IsBad => HasDamaged || (HasOuter && Outer.Status == ChecksumStatus.Bad);

    /// <summary>What an <see cref="Order"/> is made of.</summary>
    public static int PathOf(long order) => (int)(order >> FrameBits);

    public static long FrameOf(long order) => order & ((1L << FrameBits) - 1);

    /// <summary>Sorts the layers; addresses come from <paramref name="addresses"/> by the index that the layers
    /// carry.</summary>
    public void Fill<T>(ReadOnlySpan<LayerRecord> layers, in T addresses, int tunnelAddress, long wireLength,
        ChecksumStatus status)
        where T : struct, IAddresses
    {
        SuperPacket = wireLength > LongestWireFrame;
        UnverifiedReason = LayerReason.NotOpened;
        // Without any layer the verdict still knows whether there was nothing to verify or nothing could be; and
        // beside layers, that something was not opened.
        Worst = layers.IsEmpty || status == ChecksumStatus.Unverified ? status : ChecksumStatus.Good;
        int outerAddress = Math.Max(0, tunnelAddress);
        OuterSource = addresses.Address(outerAddress, source: true);
        OuterDestination = addresses.Address(outerAddress, source: false);
        int innerAddress = addresses.Count - 1;
        int inner = -1, damaged = -1;
        for (int i = 0; i < layers.Length; i++)
        {
            ref readonly LayerRecord layer = ref layers[i];
            bool isOuter = !HasOuter && (layer.Flags & LayerFlags.Tunnel) != 0 && layer.AddressIndex == tunnelAddress;
            if (layer.Status == ChecksumStatus.Bad && layer.Reason == LayerReason.ZeroHeaderOffload)
            {
                HeaderZero = true;
                continue;
            }

            Count(in layer);
            if (layer.Status == ChecksumStatus.Unverified && UnverifiedReason == LayerReason.NotOpened)
            {
                UnverifiedReason = layer.Reason;
            }

            if (isOuter)
            {
                Outer = layer;
                HasOuter = true;
            }
            else if (layer.Protocol is not (ChecksumProtocol.IPv4 or ChecksumProtocol.Gre)
                && (tunnelAddress < 0 || layer.AddressIndex > tunnelAddress))
            {
                inner = i;
            }

            if (!isOuter && damaged < 0 && layer.Status >= ChecksumStatus.Illegal)
            {
                damaged = i;
            }
        }

        if (inner >= 0)
        {
            Inner = layers[inner];
            HasInner = true;
            innerAddress = Inner.AddressIndex;
        }

        Flow = Key(in addresses, innerAddress, in Inner);
        if (damaged >= 0)
        {
            Damaged = layers[damaged];
            HasDamaged = true;
            DamagedFlow = damaged == inner ? Flow : Key(in addresses, Damaged.AddressIndex, in Damaged);
        }
    }

    private static FlowKey Key<T>(in T addresses, int index, in LayerRecord layer)
        where T : struct, IAddresses =>
        index < 0 ? default
            : new(addresses.Address(index, source: true), addresses.Address(index, source: false), layer.SourcePort,
                layer.DestinationPort, layer.Protocol);

    private void Count(in LayerRecord layer)
    {
        Worst = layer.Status > Worst ? layer.Status : Worst;
        AnyPartial |= layer.Status == ChecksumStatus.Partial;
        SuperPacket |= (layer.Flags & LayerFlags.Segmentation) != 0;
    }
}

/// <summary>The IP headers of one packet, outer to inner.</summary>
internal interface IAddresses
{
    int Count { get; }

    /// <summary>None where the index is out of range.</summary>
    HostId Address(int index, bool source);
}

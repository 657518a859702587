using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>One packet as tcpdump printed it.</summary>
internal sealed class TextPacket
{
    /// <summary>1-based position among the packets of the text.</summary>
    public long Number { get; set; }

    /// <summary>Number of the line it begins at.</summary>
    public long FirstLine { get; init; }

    public long TimestampNanoseconds { get; set; }
    public string? Interface { get; set; }
    public LinkType LinkType { get; set; } = LinkType.Raw;
    public uint WireLength { get; set; }

    /// <summary>Outer to inner.</summary>
    public List<TextLayer> Layers { get; } = [];

    public TunnelType Tunnel { get; set; }
    public int Vni { get; set; } = -1;

    /// <summary>Of the tunnel packet; 0 where it was not printed.</summary>
    public byte TunnelTtl { get; set; }
    public TextEndpoint? OuterSource { get; set; }
    public TextEndpoint? OuterDestination { get; set; }

    /// <summary>Innermost.</summary>
    public TextEndpoint? Source { get; set; }
    public TextEndpoint? Destination { get; set; }

    /// <summary>The packet is IP, though its header could not be read: nothing can be said of its checksums.</summary>
    public bool IsUnread { get; set; }

    /// <summary>
    /// tcpdump does not say that it could not verify ICMP or IGMP because of the snapshot length: where the packet is
    /// longer, its silence says nothing.
    /// </summary>
    public void CutTo(uint snapLength)
    {
        if (snapLength == 0 || WireLength <= snapLength)
        {
            return;
        }

        foreach (TextLayer layer in Layers)
        {
            if (layer.Record is
                {
                    Protocol: ChecksumProtocol.Icmp or ChecksumProtocol.Igmp,
                    Reason: LayerReason.Unremarked
                })
            {
                layer.Record.Status = ChecksumStatus.Unverified;
                layer.Record.Reason = LayerReason.Truncated;
            }
        }
    }
}

using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>
/// The reasons for which a verdict here is not tshark's. Each is a heading of docs/verdicts-and-wireshark.md and a
/// predicate that covers that reason and nothing else; there is no class for the rest.
/// </summary>
internal static class DifferenceClass
{
    private static readonly (string Name, Func<VerdictDifference, bool> Covers)[] s_classes =
    [
        ("Unfinished by offload", IsUnfinished),
        ("The old sum of SCTP", d => d.Theirs == ChecksumStatus.Bad && d.OursIs(LayerReason.SctpAdler)),
        ("Known from the headers alone", IsKnownFromHeaders),
        ("All that is covered was captured", IsCoveredPartCaptured),
        ("Super-packets", d => d.Theirs is null && d.Ours is not null && d.Walked.Wire > ushort.MaxValue),
        ("Headers that tshark does not read",
            d => d.Theirs is null && d.Ours is not null && (d.Frame.Protocols.Length == 0 || HasHopelessLength(d))),
        ("Fragments after the first", d => d.Theirs is null && d.OursIs(LayerReason.Fragment)),
        ("The field was not captured",
            d => d.Theirs is null && d.IsCut && d.OursIs(LayerReason.BeyondCapture, LayerReason.Truncated)),
        ("Lengths that contradict each other", d => d.OursIs(LayerReason.BadLength)),
        ("The family of IGMP",
            d => d.Theirs is null && d.Protocol == "igmp"
                && Contains(d.Frame.Protocols, "rgmp", "dvmrp", "pim", "mrdisc", "msnip", "igap")),
        ("Zero in a tunnel over IPv6", d => d.Theirs == ChecksumStatus.Illegal && d.OursIs(LayerReason.ZeroTunnelIPv6)),
        ("Headers quoted in ICMP errors", d => d.Ours is null && Contains(d.Around, "icmp", "icmpv6")),
        ("Encapsulations that are not opened", IsNotOpened),
        ("Link types that are not walked", d => d.Ours is null && !FrameWalker.IsKnown(d.Walked.Link)),
    ];

    /// <summary>Headers, or headers behind headers, as tshark names them; the docs list the same.</summary>
    private static readonly string[] s_notOpened =
        ["pim", "sflow", "teredo", "nhrp", "macsec", "avsp", "udp:mpls", "ipv6.routing:eth", "openflow_v1",
            "openflow_v4"];

    public static IEnumerable<string> Names => s_classes.Select(c => c.Name);

    /// <summary>The name of the difference's class; null where none covers it.</summary>
    public static string? Of(VerdictDifference difference) => s_classes.FirstOrDefault(c => c.Covers(difference)).Name;

    /// <summary>Since 4.2 tshark knows a seed, and calls it good; local checksum offload it does not know.</summary>
    private static bool IsUnfinished(VerdictDifference d) =>
        d.OursIs(ChecksumStatus.Partial)
        && ((d.Theirs == ChecksumStatus.Bad
            && d.OursIs(LayerReason.Seed, LayerReason.Lco, LayerReason.SctpZero, LayerReason.LargeSend,
                LayerReason.NeverFilled))
            || (d.Theirs == ChecksumStatus.Good && d.OursIs(LayerReason.Seed)));

    private static bool IsKnownFromHeaders(VerdictDifference d) =>
        d.Theirs == ChecksumStatus.Unverified && d.IsCut
        && (d.OursIs(LayerReason.Seed, LayerReason.Lco)
            || (d.Ours is { } ours && (ours.Flags & LayerFlags.HasCompleted) != 0));

    private static bool IsCoveredPartCaptured(VerdictDifference d) =>
        d.Theirs == ChecksumStatus.Unverified && d.IsCut && d.Protocol == "udp" && d.Ours is { } ours
        && ours.Status is ChecksumStatus.Good or ChecksumStatus.Bad
        && ours.Offset - 6 + ours.Length <= d.Walked.Captured;

    private static bool IsNotOpened(VerdictDifference d)
    {
        string around = $":{string.Join(':', d.Around)}:";
        return d.Ours is null && s_notOpened.Any(name => around.Contains($":{name}:", StringComparison.Ordinal));
    }

    /// <summary>An IPv4 total length below the header's own.</summary>
    private static bool HasHopelessLength(VerdictDifference d) =>
        d.Protocol == "ip" && d.Index < d.Frame.Numbers("ip.len").Length
            && d.Frame.Numbers("ip.len")[d.Index] is > 0 and < 20;

    private static bool Contains(ReadOnlySpan<string> protocols, params ReadOnlySpan<string> any)
    {
        foreach (string protocol in protocols)
        {
            if (any.Contains(protocol))
            {
                return true;
            }
        }

        return false;
    }
}

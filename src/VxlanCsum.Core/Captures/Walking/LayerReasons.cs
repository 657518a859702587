using System.Collections.Frozen;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <summary>The words for <see cref="LayerReason"/>: the one place where they stand.</summary>
internal static class LayerReasons
{
    private static readonly FrozenDictionary<LayerReason, string> s_texts = new Dictionary<LayerReason, string>
    {
        [LayerReason.Seed] = "pseudo-header sum: the device has not completed this checksum yet (CHECKSUM_PARTIAL)",
        [LayerReason.Lco] = "right once the inner checksum is completed (local checksum offload)",
        [LayerReason.ZeroAllowed] = "no checksum was sent (zero over IPv4)",
        [LayerReason.ZeroTunnelIPv6] = "no checksum was sent: zero is allowed for tunnels over IPv6 (RFC 6935)",
        [LayerReason.ZeroForbidden] = "zero is forbidden here",
        [LayerReason.ZeroHeaderOffload] = "zero: header checksum offload or a packet generator",
        [LayerReason.Fragment] = "fragment: the covered bytes are spread over several packets",
        [LayerReason.Truncated] = "the covered bytes were not all captured (snapshot length)",
        [LayerReason.BadLength] = "a length field contradicts the packet",
        [LayerReason.BeyondCapture] = "the checksum field was not captured",
        [LayerReason.SctpZero] =
            "zero: the device has not computed the CRC32c yet, or it was negotiated away (RFC 9653)",
        [LayerReason.SctpAdler] = "right as Adler-32, the sum of RFC 2960 that CRC32c replaced",
        [LayerReason.NatZero] = "0xffff: the mark of NAT on a zero checksum (defect A)",
        [LayerReason.SeedByAgreement] =
            "pseudo-header sum: several packets of this host imply one and the same address, so the device has not "
            + "completed this checksum yet (CHECKSUM_PARTIAL)",
        [LayerReason.AddressUnknown] =
            "tcpdump calls it bad; whether it is wrong or unfinished depends on the address behind the name "
            + "(-SourceAddress, -HostAddress, or tcpdump -n)",
        [LayerReason.LengthUnknown] =
            "tcpdump calls it bad; whether it is wrong or unfinished depends on a length that the text does not tell",
        [LayerReason.InnerUnknown] =
            "tcpdump calls it bad; whether it is wrong or waits for the inner checksum (local checksum offload) "
            + "depends on the inner packet, of which the text does not tell",
        [LayerReason.NoVerdict] =
            "tcpdump gave no verdict: -vv is needed for UDP over IPv4, -v for others, and all of the packet",
        [LayerReason.NotChecked] = "tcpdump does not verify this protocol",
        [LayerReason.Unremarked] = "tcpdump names only the wrong ones",
        [LayerReason.LargeSend] =
            "pseudo-header sum without the length: a large send that the device has yet to cut up (Windows LSO "
            + "leaves this)",
        [LayerReason.NeverFilled] = "zero: never filled in, by a device or a program that leaves it to another",
        [LayerReason.TooDeep] = "nested deeper than is walked",
        [LayerReason.NotOpened] = "what it carries is not opened here",
    }.ToFrozenDictionary();

    public static string? Describe(in LayerRecord layer) => layer.Reason == LayerReason.NatLocal
        ? $"right for source port "
            + $"{NatModel.ImpliedSourcePort(layer.SourcePort, Right(in layer), (ushort)layer.Found)}: NAT of a "
            + $"local-checksum-offload packet would leave this (defect B)"
        : s_texts.GetValueOrDefault(layer.Reason);

    private static ushort Right(in LayerRecord layer) =>
        (layer.Flags & LayerFlags.HasCompleted) != 0 ? layer.Completed : (ushort)layer.Expected;
}

using VxlanCsum.Verdicts;

namespace VxlanCsum;

/// <summary>One checksum of a packet and the verdict on it.</summary>
/// <remarks>Immutable. Checksums are numbers as they stand in the header (16 bits; SCTP 32).</remarks>
public sealed class ChecksumLayer
{
    internal ChecksumLayer()
    {
    }

    /// <summary>0 for the outermost packet, 1 for what it encapsulates, and so on.</summary>
    public int Depth { get; internal init; }

    /// <summary>The header that carries the checksum.</summary>
    public ChecksumProtocol Protocol { get; internal init; }

    /// <summary>Address and, where the protocol has one, port; null where unknown.</summary>
    public string? Source { get; internal init; }

    /// <summary>Address and, where the protocol has one, port; null where unknown.</summary>
    public string? Destination { get; internal init; }

    /// <summary>0 where the protocol has no ports, or text names a service instead.</summary>
    public ushort SourcePort { get; internal init; }

    /// <summary>0 where the protocol has no ports, or text names a service instead.</summary>
    public ushort DestinationPort { get; internal init; }

    /// <summary>The field's value; null where it was not captured.</summary>
    public uint? Found { get; internal init; }

    /// <summary>The value that is right for the bytes as captured; null where it cannot be computed.</summary>
    public uint? Expected { get; internal init; }

    /// <summary>
    /// For an outer checksum over an unfinished inner one: the value that is right once the inner one is completed,
    /// which is what the wire should carry. Elsewhere the same as <see cref="Expected"/>.
    /// </summary>
    public uint? ExpectedOnWire { get; internal init; }

    /// <summary>The verdict.</summary>
    public ChecksumStatus Status { get; internal init; }

    /// <summary>Of the checksum field, in bytes from the start of the frame; -1 where the packet came from
    /// text.</summary>
    public int Offset { get; internal init; }

    /// <summary>Bytes that the checksum covers (without the pseudo-header), as the headers say; -1 where
    /// unknown.</summary>
    public int Length { get; internal init; }

    /// <summary>Why, in words, where the status alone does not say; else null.</summary>
    public string? Reason { get; internal init; }

    /// <summary>What <see cref="Reason"/> puts in words.</summary>
    internal LayerReason Code { get; init; }
    internal bool IsTunnel { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Status == ChecksumStatus.Good || Found is null
        ? $"{Protocol}: {Status}"
        : Expected is { } expected && expected != Found
            ? $"{Protocol}: {Status} {Hex(Found.Value)} -> {Hex(expected)}"
            : $"{Protocol}: {Status} {Hex(Found.Value)}";

    private string Hex(uint value) => Protocol == ChecksumProtocol.Sctp ? $"0x{value:x8}" : $"0x{value:x4}";
}

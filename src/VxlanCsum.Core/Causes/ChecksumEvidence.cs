using System.Net;

namespace VxlanCsum;

/// <summary>One fact behind a verdict, with what it takes to check it again by hand.</summary>
/// <remarks>Immutable.</remarks>
public sealed class ChecksumEvidence
{
    internal ChecksumEvidence(EvidenceKind kind, string text)
    {
        Kind = kind;
        Text = text;
    }

    /// <summary>What it shows.</summary>
    public EvidenceKind Kind { get; }

    /// <summary>In words, with the arithmetic where there is any.</summary>
    public string Text { get; }

    /// <summary>The capture it is from; null where it is about several packets of several captures.</summary>
    public string? Path { get; internal init; }

    /// <summary>1-based, as Wireshark counts; null where it is about several packets.</summary>
    public long? FrameNumber { get; internal init; }

    /// <summary>The checksum in the packet.</summary>
    public int? Found { get; internal init; }

    /// <summary>The checksum that is right for the packet as captured (for an unfinished packet: as
    /// completed).</summary>
    public int? Expected { get; internal init; }

    /// <summary>The outer source port in the packet.</summary>
    public int? SourcePort { get; internal init; }

    /// <summary>The source port for which the checksum found is right.</summary>
    public int? ImpliedPort { get; internal init; }

    /// <summary>The address for which the checksum found is right; null where the packet's own is.</summary>
    public IPAddress? ImpliedAddress { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => FrameNumber is { } frame ? $"frame {frame}: {Text}" : Text;
}

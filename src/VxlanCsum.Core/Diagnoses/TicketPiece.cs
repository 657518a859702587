using System.Globalization;

namespace VxlanCsum;

/// <summary>A part of a ticket that was understood: what it is, and where it stands.</summary>
/// <remarks>Immutable; fit for ConvertTo-Json. Control characters in it are escaped.</remarks>
public sealed record TicketPiece
{
    /// <summary>What it is.</summary>
    public TicketPieceKind Kind { get; init; }

    /// <summary>The file; "text" for what came through the pipeline.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>Its first line, 1-based; 0 for a capture.</summary>
    public long FirstLine { get; init; }

    /// <summary>Its last line.</summary>
    public long LastLine { get; init; }

    /// <summary>What was read out of it, in a few words: "2 packets", "kernel 5.4.0-42-generic".</summary>
    public string Summary { get; init; } = string.Empty;

    /// <summary>"ticket.txt lines 3-9: Packets, 2 packets".</summary>
    public override string ToString()
    {
        string lines = FirstLine == 0 ? string.Empty
            : FirstLine == LastLine ? string.Create(CultureInfo.InvariantCulture, $" line {FirstLine}")
            : string.Create(CultureInfo.InvariantCulture, $" lines {FirstLine}-{LastLine}");
        return $"{System.IO.Path.GetFileName(Path)}{lines}: {Kind}{(Summary.Length > 0 ? ", " + Summary : "")}";
    }
}

using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>One checksum of a packet as tcpdump prints it; the judge completes <see cref="Record"/>.</summary>
internal sealed class TextLayer
{
    /// <summary>Found and expected as printed; Status and Reason as far as the text alone decides them.</summary>
    public LayerRecord Record;

    /// <summary>tcpdump calls the checksum wrong.</summary>
    public bool IsCalledBad { get; set; }

    public TextEndpoint? Source { get; init; }
    public TextEndpoint? Destination { get; init; }

    /// <summary>IP protocol number for the pseudo-header; 0 where there is none.</summary>
    public byte PseudoProtocol { get; init; }

    public bool IsIPv6 { get; init; }

    /// <summary>Lengths that the pseudo-header may hold: one where it is known, several where IP options hide it, none
    /// where nothing was printed.</summary>
    public IReadOnlyList<uint> PseudoLengths { get; init; } = [];

    /// <summary>The layer as the pipeline gets it.</summary>
    public ChecksumLayer ToLayer()
    {
        uint? expected = (Record.Flags & LayerFlags.HasExpected) != 0 ? Record.Expected : null;
        return new ChecksumLayer
        {
            Depth = Record.Depth,
            Protocol = Record.Protocol,
            Source = Source?.ToString(),
            Destination = Destination?.ToString(),
            Found = (Record.Flags & LayerFlags.HasFound) != 0 ? Record.Found : null,
            Expected = expected,
            ExpectedOnWire = (Record.Flags & LayerFlags.HasCompleted) != 0 ? Record.Completed : expected,
            Status = Record.Status,
            Offset = -1,
            Length = Record.Length,
            Reason = LayerReasons.Describe(in Record),
            Code = Record.Reason,
            IsTunnel = (Record.Flags & LayerFlags.Tunnel) != 0,
            SourcePort = Record.SourcePort,
            DestinationPort = Record.DestinationPort,
        };
    }
}

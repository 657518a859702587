namespace VxlanCsum.UnitTests.Frames;

/// <summary>One checksum as the reference sees it.</summary>
/// <param name="Expected">For the bytes as captured.</param>
/// <param name="OnWire">Once everything inside is completed, where that differs.</param>
internal sealed record ReferenceLayer(ChecksumProtocol Protocol, int Field, ChecksumStatus Status, uint? Found,
    uint? Expected, uint? OnWire)
{
    public override string ToString() => $"{Protocol}@{Field} {Status} {Found:x}->{Expected:x}/{OnWire:x}";
}

/// <summary>What a header says its checksum covers.</summary>
/// <param name="Field">Where the checksum stands.</param>
/// <param name="Start">First covered byte.</param>
/// <param name="End">Behind the last covered byte; may lie behind what was captured.</param>
/// <param name="Pseudo">The pseudo-header, byte for byte; empty for protocols without.</param>
internal sealed record Coverage(ChecksumProtocol Protocol, int Field, int Start, int End, byte[] Pseudo)
{
    /// <summary>Known not to be verifiable: a fragment, a length that contradicts, a field outside the
    /// capture.</summary>
    public bool Hopeless { get; init; }

    /// <summary>The verdict on a UDP or UDP-Lite field of zero.</summary>
    public ChecksumStatus? Zero { get; init; }

    public int FieldSize => Protocol == ChecksumProtocol.Sctp ? 4 : 2;
}

namespace VxlanCsum;

/// <summary>What NAT or offloading makes of a checksum, or what a checksum says of the packet before; with every
/// step.</summary>
/// <remarks>Immutable. Checksums are numbers as they stand in the header.</remarks>
public sealed class NatChecksumResult
{
    internal NatChecksumResult()
    {
    }

    /// <summary>
    /// The checksum that was asked about: before NAT where NAT is foretold, else as found in the packet; null where
    /// none was given.
    /// </summary>
    public ushort? Checksum { get; internal init; }

    /// <summary>What the field holds afterwards and the wire carries; null where a found checksum was explained and
    /// nothing is foretold.</summary>
    public ushort? Result { get; internal init; }

    /// <summary>The value that a receiver finds right; 0 where UDP carries no checksum; null where it cannot be
    /// derived.</summary>
    public ushort? Right { get; internal init; }

    /// <summary>Is the checksum (found or foretold) right, or on its way to be: a seed, or waiting for its inner
    /// one?</summary>
    public bool IsRight { get; internal init; }

    /// <summary>The name of what is seen.</summary>
    public ChecksumCause Cause { get; internal init; }

    /// <summary>For a found checksum: the port for which it was made (0 to 65534); null where the question is
    /// another.</summary>
    public int? ImpliedOriginalPort { get; internal init; }

    /// <summary>Could a tunnel device have chosen that port by default (32768 to 60999)? 43 % of random values
    /// pass.</summary>
    public bool? IsPlausiblePort { get; internal init; }

    /// <summary>For a found checksum over a changed address: the checksum as the tunnel device had made it.</summary>
    public ushort? ImpliedLocalChecksum { get; internal init; }

    /// <summary>For a found seed whose source address is unknown: what the words of that address sum to.</summary>
    public ushort? ImpliedAddressSum { get; internal init; }

    /// <summary>In a sentence or two.</summary>
    public string Explanation { get; internal init; } = string.Empty;

    /// <summary>The arithmetic, in order.</summary>
    public IReadOnlyList<NatChecksumStep> Steps { get; internal init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Explanation;
}

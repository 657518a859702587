using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>
/// Unfinished checksums: left to the device and seen before it, or forgotten by it? A packet that is finished outside
/// and not inside was on a wire; one that passed a router may have passed it inside of a host, between containers. An
/// answer to it says that it arrived whole; that others were answered and it was not, that it did not.
/// </summary>
internal sealed record UnfinishedSetting
{
    public CaptureVantage Vantage { get; init; }

    /// <summary>The vantage was told, not inferred.</summary>
    public bool IsTold { get; init; }

    /// <summary>Unfinished where it arrives.</summary>
    public bool OnWire { get; init; }
    public bool Answered { get; init; }

    /// <summary>Flows with unfinished packets of which nothing came back.</summary>
    public int Unanswered { get; init; }

    /// <summary>The way back was captured, too.</summary>
    public bool SeesBothWays { get; init; }

    public Belief Weigh(Direction direction)
    {
        ChecksumCause pending = direction.OuterLocal > 0 ? ChecksumCause.LcoPending : ChecksumCause.OffloadPending;
        if (direction.SeedValues.Count == 0)
        {
            return Belief.Certain(pending);
        }

        double forgotten = Math.Log(0.25 / 0.75) + OfPlace(direction) + OfAnswers();
        // Long packets alone were merged on arrival; a device's own end cannot be mistaken.
        forgotten += direction.SmallSeeds == 0 && direction.SmallComplete > 0 ? -9
            : Vantage == CaptureVantage.TunnelDevice || direction.Key.Tunnel == TunnelType.None ? -6 : 0;
        // Each distinct value is a match of its own; where the source is a mere name, the first one only sets its sum.
        int matches = direction.SeedValues.Count - (direction.Key.Source.IsAddress ? 0 : 1);
        return Belief.Of([new(pending, 0), new(ChecksumCause.OffloadForgotten, forgotten),
            new(ChecksumCause.Corrupted, matches * Weights.OneValue)]);
    }

    private double OfPlace(Direction direction)
    {
        if (direction.OuterRightOverSeed > 0)
        {
            return 8;
        }

        bool told = IsTold && Vantage == CaptureVantage.Sender;
        return (direction.RoutedSeeds > 0 ? 0.7 : 0) + (told ? -6 : 0) + (OnWire && !Answered ? 1 : 0)
            // Local checksum offload is the sender's; a device on the way would have computed the outer one itself.
            + (direction is { OuterLocal: > 0, RoutedSeeds: 0 } ? -0.5 : 0);
    }

    /// <summary>Healthy flows stay without an answer as well: nobody listens, a policy drops them, the answer comes
    /// from another address. So one says nothing, and more of them do not settle it.</summary>
    private double OfAnswers() => Answered ? -9
        : Unanswered < 2 ? 0 : !SeesBothWays ? 0.5 : Unanswered == 2 ? 0.3 : 1.2 + (0.6 * Math.Min(Unanswered - 3, 1));
}

namespace VxlanCsum.Causes;

/// <summary>On which end a direction was captured, from what is unfinished in it.</summary>
internal static class VantageJudge
{
    public static CaptureVantage Of(Direction direction, Direction? opposite, CauseOptions options)
    {
        if (options.OnTunnelDevice && direction.Key.Tunnel == TunnelType.None)
        {
            return CaptureVantage.TunnelDevice;
        }

        if (IsTold(direction, options))
        {
            return options.LocalAddresses.Contains(direction.Key.Source) ? CaptureVantage.Sender
                : CaptureVantage.Receiver;
        }

        CaptureVantage own = OfItself(direction);
        return own == CaptureVantage.Unknown && opposite is not null && OfItself(opposite) == CaptureVantage.Sender
            ? CaptureVantage.Receiver
            : own;
    }

    /// <summary>The operator, or the interface that was captured, says which end it is.</summary>
    public static bool IsTold(Direction direction, CauseOptions options) =>
        options.LocalAddresses.Count > 0 && direction.Key.Source.IsAddress
        && options.LocalAddresses.Contains(direction.Key.Source)
            != options.LocalAddresses.Contains(direction.Key.Destination);

    /// <summary>What the direction's own packets show.</summary>
    public static CaptureVantage OfItself(Direction direction)
    {
        // Finished outside, forgotten inside: no sender's own capture shows that; a device on the way made it so.
        if (direction.OuterRightOverSeed > 0)
        {
            return CaptureVantage.Receiver;
        }

        if (direction.SmallSeeds + direction.OuterLocal > 0)
        {
            return CaptureVantage.Sender;
        }

        // Only long packets unfinished while the short ones are complete: merged on arrival (GRO leaves a seed).
        if (direction.LongSeeds + direction.SuperPackets > 0)
        {
            return direction.SmallComplete > 0 ? CaptureVantage.Receiver : CaptureVantage.Sender;
        }

        return CaptureVantage.Unknown;
    }
}

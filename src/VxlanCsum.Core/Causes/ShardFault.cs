namespace VxlanCsum.Causes;

/// <summary>A packet with something wrong in a stretch of a capture.</summary>
/// <param name="part">Of the direction that it is in.</param>
/// <param name="seen">It.</param>
internal struct ShardFault(int part, in Observation seen)
{
    public readonly int Part = part;
    public Observation Seen = seen;
}

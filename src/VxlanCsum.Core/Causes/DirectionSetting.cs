namespace VxlanCsum.Causes;

/// <summary>Where the receiver of a direction sends its own tunnel packets.</summary>
internal enum PeerAddress
{
    /// <summary>It sends none here.</summary>
    Unknown,

    /// <summary>To the direction's source.</summary>
    Own,

    /// <summary>To an address that nothing comes from.</summary>
    Another,
}

/// <summary>What the other directions of the capture say about one.</summary>
internal sealed record DirectionSetting
{
    public PeerAddress PeerAddresses { get; init; }

    /// <summary>The tunnel packets back have outer checksums; null where there are none, or some have and some have
    /// not.</summary>
    public bool? OppositeSends { get; init; }

    /// <summary>By what most bad outer checksums of the way back are off; null where none are.</summary>
    public int? OppositeDelta { get; init; }

    public static DirectionSetting Of(Direction direction, Direction? opposite, List<OriginCandidate> candidates)
    {
        bool with = opposite is { OuterRight: > 0 } or { OuterLocal: > 0 }, without = opposite is { OuterAbsent: > 0 };
        return new DirectionSetting
        {
            PeerAddresses = candidates.Exists(static c => c.Reason == OriginReason.AddressedByPeer) ? PeerAddress.Another
                : opposite is not null ? PeerAddress.Own : PeerAddress.Unknown,
            OppositeSends = with == without ? null : with,
            OppositeDelta = opposite is { Outer.Count: > 0 } ? opposite.Outer.Deltas().Mode : null,
        };
    }
}

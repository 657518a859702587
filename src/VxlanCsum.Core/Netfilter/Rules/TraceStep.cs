using System.Globalization;

namespace VxlanCsum;

/// <summary>One step of a packet's walk.</summary>
public sealed record TraceStep
{
    /// <summary>The service packet, or the tunnel packet around it.</summary>
    public TracePass Pass { get; init; }

    /// <summary>"OUTPUT" or "POSTROUTING".</summary>
    public string Hook { get; init; } = string.Empty;

    /// <summary>The chain; null for a note about the whole pass.</summary>
    public string? Chain { get; init; }

    /// <summary>The chain's table.</summary>
    public string? Table { get; init; }

    /// <summary>The engine that holds it.</summary>
    public NetfilterBackend Backend { get; init; }

    /// <summary>How deep in jumps: 0 for a hook's own chain.</summary>
    public int Depth { get; init; }

    /// <summary>0, or the number of the branch where something unknown made several.</summary>
    public int Branch { get; init; }

    /// <summary>The rule; null for what is not about one.</summary>
    public NetfilterRule? Rule { get; init; }

    /// <summary>Whether the rule matched.</summary>
    public TraceOutcome Outcome { get; init; }

    /// <summary>The mark before, hexadecimal, unknown bits said.</summary>
    public string MarkBefore { get; init; } = string.Empty;

    /// <summary>The mark after.</summary>
    public string MarkAfter { get; init; } = string.Empty;

    /// <summary>What happened, in a few words.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>"-j MARK --set-xmark 0x4000/0x0: mark 0x4000 -> 0x0".</summary>
    public override string ToString() => Rule is null
        ? Note
        : string.Create(CultureInfo.InvariantCulture, $"{Rule.Number} {Rule.Text}: {Note}");
}

namespace VxlanCsum.Connections;

/// <summary>What the connection table says of the tunnel packets that a node sends.</summary>
/// <param name="Translated">Those of its flows that NAT rewrites, at most <see cref="Most"/>.</param>
/// <param name="TranslatedCount">How many there are.</param>
/// <param name="OutgoingCount">All its flows, rewritten or not.</param>
/// <param name="MasqueradedCount">
/// Service flows that were masqueraded into a tunnel so lately that the tunnel's flow which carried their first packet
/// is
/// still in the table.
/// </param>
internal sealed record TunnelBindings(IReadOnlyList<VxlanNatBinding> Translated, int TranslatedCount, int OutgoingCount,
    int MasqueradedCount)
{
    /// <summary>A diagnosis keeps no more: one is proof.</summary>
    public const int Most = 100;

    /// <summary>
    /// Service packets went through the tunnel, their tunnel packets were followed, and none was rewritten. Flows
    /// between pods alone would not say it: they carry no mark, and nobody masquerades them.
    /// </summary>
    public bool ShowNoTranslation => TranslatedCount == 0 && OutgoingCount > 0 && MasqueradedCount > 0;

    /// <summary>The rewritten flows of one tunnel.</summary>
    public IEnumerable<VxlanNatBinding> Of(VxlanInterface tunnel) =>
        Translated.Where(b => b.DestinationPort == tunnel.Port);
}

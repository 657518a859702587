using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Turns what was counted and decided into the result that people see.</summary>
internal sealed class ResultBuilder(IReadOnlyList<string> paths, HostNames names, CauseOptions options)
{
    public VxlanChecksumResult Build(Direction direction, DirectionVerdict verdict, bool isOverflow)
    {
        DirectionKey key = direction.Key;
        string? source = names.Text(key.Source);
        EvidenceWriter evidence = new(direction, verdict, options.RangeOf(key.Tunnel), options.Bindings,
            names, Path);
        Narrative narrative = new(direction, verdict, source, names.Text(key.Destination));
        VxlanNatBinding[]? translated = Translated(key);
        BindingComparison? comparison = verdict.Outer is { } outer
            ? new BindingComparison(direction, outer, options.Bindings) : null;
        List<BrokenFlow> broken = key.Tunnel == TunnelType.None ? [] : [.. direction.Broken];
        return new VxlanChecksumResult
        {
            Sources = Array.ConvertAll(Sorted([.. direction.Paths]), Path),
            OuterSource = source,
            OuterDestination = names.Text(key.Destination),
            TunnelType = key.Tunnel,
            TunnelPort = key.Tunnel == TunnelType.None || direction.TunnelPort == 0 ? null : direction.TunnelPort,
            Vnis = Sorted(direction.Vnis.Values()),
            Cause = verdict.Cause,
            Confidence = verdict.Confidence,
            Alternatives = verdict.Belief.Alternatives(),
            Packets = direction.Packets,
            BadPackets = direction.Bad,
            PendingPackets = direction.Pending,
            UnverifiedPackets = direction.Unverified,
            BrokenFlows = broken.Count,
            HealedFlows = broken.Count(static f => f.IsHealed),
            Timeline = direction.Timeline.Intervals(),
            Evidence = evidence.Write(isOverflow, options.Sample, translated, comparison),
            ImpliedOriginalPort = ImpliedPorts(direction, verdict.IsOuter ? verdict.Outer : null),
            ImpliedOriginalAddress = verdict is { IsOuter: true, Outer: { IsDestination: false, Origin: { } origin } }
                ? origin.Address.ToIPAddress() : null,
            SampledOneIn = options.Sample?.OneIn,
            TranslatedFlows = translated ?? [],
            OuterSnatSuspected = verdict.SnatSuspected,
            Vantage = verdict.Vantage,
            UnfinishedOnArrival = verdict.Cause == ChecksumCause.OffloadForgotten || verdict.IsUnfinishedOnArrival,
            Explanation = (options.Sample is { IsPart: true } sample ? $"Of a sample, {sample.Share}: " : "")
                + narrative.Explain(isOverflow) + (verdict.IsOuter ? comparison?.Sentence : ""),
            Recommendation = narrative.Recommend(),
            Mitigations = narrative.Mitigations(),
        };
    }

    private static int[] ImpliedPorts(Direction direction, OuterVerdict? outer)
    {
        if (outer?.Mechanism is not (OuterMechanism.OtherPort or OuterMechanism.TwiceAddress))
        {
            return [];
        }

        List<int> ports = [];
        HashSet<int> known = [];
        foreach (Binding binding in direction.Outer.Bindings)
        {
            int port = Residue.Of(binding.Implied + outer.Shift);
            if ((binding.CouldBePartial || outer.Cause == ChecksumCause.StaleAfterNat) && known.Add(port))
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    /// <summary>What NAT rewrites of a direction, as it leaves this node; null where that is not known.</summary>
    private VxlanNatBinding[]? Translated(DirectionKey key) =>
        options.Translated is { } flows && key.Tunnel != TunnelType.None && options.LocalAddresses.Contains(key.Source)
        ? [.. flows.Where(f => HostId.From(f.NewAddress) == key.Source
            && HostId.From(f.NewDestinationAddress) == key.Destination)] : null;

    private static int[] Sorted(int[] numbers)
    {
        Array.Sort(numbers);
        return numbers;
    }

    private string Path(int index) => paths[index];
}

using System.Globalization;

namespace VxlanCsum.Reports.Reading;

/// <summary>A <see cref="RuleTrace"/>.</summary>
internal static class TraceReader
{
    public static ReportItem Read(ReportObject given)
    {
        string verdict = given.Word(nameof(RuleTrace.Verdict));
        string? offending = given.Text(nameof(RuleTrace.OffendingRule));
        string? offendingChain = given.Child(nameof(RuleTrace.OffendingRule))?.Text(nameof(NetfilterRule.Chain));
        string? snat = given.Text(nameof(RuleTrace.SnatRule));
        string? inner = given.Text(nameof(RuleTrace.InnerPacket)),
            outer = given.Text(nameof(RuleTrace.EncapsulatedPacket));
        string? tunnel = given.Text(nameof(RuleTrace.TunnelInterface));
        return new ReportItem
        {
            Kind = ReportKind.Trace,
            Subject = $"{given.Word(nameof(RuleTrace.Family))} over "
                + $"{(string.IsNullOrEmpty(tunnel) ? "the tunnel" : tunnel)}",
            Node = given.Computer,
            Level = verdict switch
            {
                nameof(TraceVerdict.Safe) => ReportLevel.Healthy,
                nameof(TraceVerdict.DoubleSnat) or nameof(TraceVerdict.DoubleSnatWithRandomPort) => ReportLevel.AtRisk,
                _ => ReportLevel.Undecided,
            },
            Verdict = verdict,
            Explanation = given.Word(nameof(RuleTrace.Explanation)),
            Advice = verdict is nameof(TraceVerdict.DoubleSnat) or nameof(TraceVerdict.DoubleSnatWithRandomPort)
                ? "Get-ChecksumMitigation lists what keeps the rules from translating tunnel packets, the cheapest "
                    + "first." : string.Empty,
            Commands = verdict is nameof(TraceVerdict.DoubleSnat) or nameof(TraceVerdict.DoubleSnatWithRandomPort)
                ? [new ReportCommand("On the node, as root:", "Get-ChecksumMitigation")] : [],
            Facts = ItemReader.Facts(
                (nameof(RuleTrace.OffendingRule), offending),
                (nameof(RuleTrace.SnatRule), snat == offending ? null : snat),
                (nameof(RuleTrace.HarmlessSnatRule), given.Text(nameof(RuleTrace.HarmlessSnatRule))),
                (nameof(RuleTrace.MasqueradeMark), Hex(given.Number(nameof(RuleTrace.MasqueradeMark)))),
                (nameof(RuleTrace.FinalMark), Hex(given.Number(nameof(RuleTrace.FinalMark)))),
                (nameof(RuleTrace.InnerPacket), inner),
                (nameof(RuleTrace.EncapsulatedPacket), outer)),
            Evidence = [.. given.Texts(nameof(RuleTrace.Assumptions))
                .Select(static t => new ReportEvidence("Assumption", null, t)),
                .. given.Texts(nameof(RuleTrace.Problems)).Select(static t => new ReportEvidence("Problem", null, t))],
            Walk = new ReportWalk
            {
                OffendingRule = offending,
                OffendingChain = offendingChain,
                SnatRule = snat,
                InnerPacket = inner,
                EncapsulatedPacket = outer,
                Steps = Steps(given, offending, offendingChain),
                Text = given.Word(nameof(RuleTrace.Walk)),
            },
        };
    }

    /// <summary>None where only their texts arrived.</summary>
    private static ReportStep[] Steps(ReportObject given, string? offending, string? offendingChain) =>
        [.. given.Children(nameof(RuleTrace.Steps)).Where(static s => s.Text(nameof(TraceStep.Pass)) is not null)
            .Select(s => Step(s, offending, offendingChain))];

    private static ReportStep Step(ReportObject given, string? offending, string? offendingChain)
    {
        string? rule = given.Text(nameof(TraceStep.Rule)), chain = given.Text(nameof(TraceStep.Chain));
        return new ReportStep
        {
            Pass = given.Word(nameof(TraceStep.Pass)),
            Hook = given.Word(nameof(TraceStep.Hook)),
            Chain = chain,
            Table = given.Text(nameof(TraceStep.Table)),
            Depth = (int)given.Count(nameof(TraceStep.Depth)),
            Branch = (int)given.Count(nameof(TraceStep.Branch)),
            RuleNumber = given.Child(nameof(TraceStep.Rule))?.Number(nameof(NetfilterRule.Number)),
            Rule = rule,
            Outcome = given.Word(nameof(TraceStep.Outcome)),
            MarkBefore = given.Word(nameof(TraceStep.MarkBefore)),
            MarkAfter = given.Word(nameof(TraceStep.MarkAfter)),
            Note = given.Word(nameof(TraceStep.Note)),
            IsOffending = rule is not null && rule == offending && (offendingChain is null || offendingChain == chain),
        };
    }

    private static string? Hex(long? mark) =>
        mark is { } bits ? string.Create(CultureInfo.InvariantCulture, $"0x{bits:x}") : null;
}

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
        string? inner = given.Text(nameof(RuleTrace.InnerPacket)), outer = given.Text(nameof(RuleTrace.EncapsulatedPacket));
        string? tunnel = given.Text(nameof(RuleTrace.TunnelInterface));
        return new ReportItem
        {
            Kind = ReportKind.Trace,
            Subject = $"{given.Word(nameof(RuleTrace.Family))} over {(string.IsNullOrEmpty(tunnel) ? "the tunnel" : tunnel)}",
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
                ? "Get-ChecksumMitigation lists what keeps the rules from translating tunnel packets, the cheapest first." : string.Empty,
            Facts = ItemReader.Facts(
                (nameof(RuleTrace.OffendingRule), offending),
                (nameof(RuleTrace.SnatRule), snat == offending ? null : snat),
                (nameof(RuleTrace.MasqueradeMark), Hex(given.Number(nameof(RuleTrace.MasqueradeMark)))),
                (nameof(RuleTrace.FinalMark), Hex(given.Number(nameof(RuleTrace.FinalMark)))),
                (nameof(RuleTrace.InnerPacket), inner),
                (nameof(RuleTrace.EncapsulatedPacket), outer)),
            Evidence = [.. given.Texts(nameof(RuleTrace.Assumptions)).Select(static t => new ReportEvidence("Assumption", null, t)),
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

    /// <summary>Rules that do not match say little and are many: a row of them becomes one step.</summary>
    private static List<ReportStep> Steps(ReportObject given, string? offending, string? offendingChain)
    {
        var steps = new List<ReportStep>();
        foreach (ReportObject child in given.Children(nameof(RuleTrace.Steps)))
        {
            if (child.Text(nameof(TraceStep.Pass)) is not { } pass)
            {
                return [];
            }

            ReportObject? rule = child.Child(nameof(TraceStep.Rule));
            string? text = child.Text(nameof(TraceStep.Rule)), chain = child.Text(nameof(TraceStep.Chain));
            ReportStep step = new()
            {
                Pass = pass,
                Hook = child.Word(nameof(TraceStep.Hook)),
                Chain = chain,
                Table = child.Text(nameof(TraceStep.Table)),
                Depth = (int)(child.Number(nameof(TraceStep.Depth)) ?? 0),
                Branch = (int)(child.Number(nameof(TraceStep.Branch)) ?? 0),
                RuleNumber = rule?.Number(nameof(NetfilterRule.Number)),
                Rule = text,
                Outcome = child.Word(nameof(TraceStep.Outcome)),
                MarkBefore = child.Word(nameof(TraceStep.MarkBefore)),
                MarkAfter = child.Word(nameof(TraceStep.MarkAfter)),
                Note = child.Word(nameof(TraceStep.Note)),
                IsOffending = text is not null && text == offending && (offendingChain is null || offendingChain == chain),
            };
            bool skips = step.Outcome == nameof(TraceOutcome.NoMatch);
            if (skips && steps.Count > 0 && steps[^1] is { Skipped: > 0 } last && last.Pass == step.Pass && last.Chain == step.Chain && last.Branch == step.Branch && last.Depth == step.Depth)
            {
                steps[^1] = last with { Skipped = last.Skipped + 1 };
            }
            else
            {
                steps.Add(step with { Skipped = skips ? 1 : 0 });
            }
        }

        return steps;
    }

    private static string? Hex(long? mark) => mark is { } bits ? string.Create(CultureInfo.InvariantCulture, $"0x{bits:x}") : null;
}

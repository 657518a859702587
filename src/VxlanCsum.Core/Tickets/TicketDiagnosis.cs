using System.Globalization;
using System.Text;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>A ticket's diagnosis: that of a node, with what was understood and what is missing.</summary>
internal static class TicketDiagnosis
{
    private const int MostShown = 6;

    /// <summary>Findings that decide nothing, and move a reader on.</summary>
    private static readonly string[] s_seen =
        [.. WayRemarks.Ids, SizeFindings.Id, "DeviceChecksumErrors", "SynSentAgain", "IcmpPassesTcpDoesNot",
            "SynUnanswered", "TunnelPacketsRouted", "FelixOffloadOff", "InsertFailed", "DnsPodDown"];

    /// <param name="ticket">What was read; something must have been.</param>
    /// <param name="nodeName">The node's name, where the reader of the ticket knows it.</param>
    /// <param name="time">UTC.</param>
    /// <param name="cancellation">Ends it.</param>
    public static NodeDiagnosis Of(TicketContent ticket, string? nodeName, DateTime time,
        CancellationToken cancellation)
    {
        NodeEvidence evidence = TicketEvidence.Of(ticket, nodeName, time);
        NodeDiagnosis diagnosis = DiagnosisJudge.Judge(evidence, cancellation);
        MissingEvidence[] missing = [.. TicketGaps.Of(ticket, evidence, diagnosis)];
        return diagnosis with
        {
            Missing = missing,
            Unreadable = ticket.Problems.ToArray(),
            Brief = diagnosis.Brief with { Lines = [.. Lines(diagnosis, missing)] },
        };
    }

    /// <summary>The diagnosis's lines; what was read stands before them, and instead of what was not looked at what
    /// would decide.</summary>
    private static DiagnosisBriefLine[] Lines(NodeDiagnosis diagnosis, MissingEvidence[] missing) =>
    [
        new DiagnosisBriefLine("Read", Read(diagnosis)),
        .. diagnosis.Brief.Lines.Where(l => l.Label is not ("Not seen" or "More")
            && (l.Label != "Cure" || HasCure(diagnosis))),
        .. diagnosis.Findings.Where(static f => s_seen.Contains(f.Id)).Take(2).Select(static f =>
            new DiagnosisBriefLine("Seen", f.Message)),
        .. missing.Take(1).Select(static m => new DiagnosisBriefLine("Missing", $"{Capital(m.What)}. On {m.Where}:",
            m.Command)),
        .. diagnosis.Brief.Lines.Where(static l => l.Label == "More")
            .Select(l => l with { Text = More(diagnosis, missing) }),
    ];

    /// <summary>What names a rule or a sender; without either, what is missing comes first.</summary>
    private static bool HasCure(NodeDiagnosis diagnosis) =>
        diagnosis.Mitigations.Count > 0 || diagnosis.CaptureResults.Any(static r => r.IsFault);

    private static string More(NodeDiagnosis diagnosis, MissingEvidence[] missing) =>
        $"{Phrase.Count(diagnosis.Findings.Count, "finding", "findings")}, "
        + $"{Phrase.Count(missing.Length, "thing", "things")} missing: | Format-List";

    /// <summary>"ticket.txt: Rules (13-32), Links (40-43)"; pieces of a kind that follow each other are one.</summary>
    private static string Read(NodeDiagnosis diagnosis)
    {
        var read = new StringBuilder();
        string? path = null;
        IReadOnlyList<TicketPiece> pieces = diagnosis.Pieces;
        int shown = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            int last = i;
            while (last + 1 < pieces.Count && pieces[last + 1].Kind == pieces[i].Kind
                && pieces[last + 1].Path == pieces[i].Path)
            {
                last++;
            }

            if (++shown > MostShown)
            {
                return read.Append(CultureInfo.InvariantCulture, $", and "
                    + $"{Phrase.Count(pieces.Count - i, "more piece", "more pieces")}").ToString();
            }

            read.Append(read.Length == 0 ? "" : path == pieces[i].Path ? ", " : "; ");
            read.Append(path == pieces[i].Path ? "" : $"{Path.GetFileName(pieces[i].Path)}: ");
            read.Append(pieces[i].Kind);
            read.Append(pieces[i].FirstLine == 0 ? "" : pieces[i].FirstLine == pieces[last].LastLine
                ? string.Create(CultureInfo.InvariantCulture, $" (line {pieces[i].FirstLine})")
                : string.Create(CultureInfo.InvariantCulture, $" (lines "
                    + $"{pieces[i].FirstLine}-{pieces[last].LastLine})"));
            path = pieces[i].Path;
            i = last;
        }

        return read.ToString();
    }

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}

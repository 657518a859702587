using System.Globalization;
using VxlanCsum.Text;

namespace VxlanCsum.Reports.Reading;

/// <summary>The commands by which a person sees in a capture what a report says of it.</summary>
internal static class CaptureChecks
{
    private const int MostFrames = 8;

    /// <summary>Whether it names a file; else it is an interface, standard input or a text.</summary>
    public static bool IsFile(string source) => source.AsSpan().IndexOfAny('/', '\\') >= 0;

    /// <summary>What judges captures again.</summary>
    public static IEnumerable<ReportCommand> Judge(string cmdlet, IEnumerable<string> sources)
    {
        string[] files = [.. sources.Where(IsFile).Take(MostFrames).Select(ScriptWord.Literal)];
        if (files.Length > 0)
        {
            yield return new ReportCommand("Judge the capture again:",
                $"{cmdlet} -LiteralPath {string.Join(", ", files)} | Format-List");
        }
    }

    /// <summary>What shows the packets that the evidence names: this module's reading, and Wireshark's.</summary>
    public static IEnumerable<ReportCommand> Look(IEnumerable<ReportEvidence> evidence)
    {
        IGrouping<string, ReportEvidence>? first = evidence.Where(static e => e.Frame is not null)
            .Where(static e => e.File is { } file && IsFile(file)).GroupBy(static e => e.File!).FirstOrDefault();
        if (first is null)
        {
            yield break;
        }

        string[] frames = [.. first.Select(static e => e.Frame!.Value).Distinct().Order().Take(MostFrames)
            .Select(static f => f.ToString(CultureInfo.InvariantCulture))];
        yield return new ReportCommand("Look at these packets:",
            $"Read-PcapChecksum -LiteralPath {ScriptWord.Literal(first.Key)} | "
            + $"Where-Object FrameNumber -in {string.Join(", ", frames)} | Format-List");
        yield return new ReportCommand("The same with tshark, which marks each checksum as good or bad:",
            $"tshark -r {ScriptWord.QuoteShell(first.Key)} -o udp.check_checksum:TRUE -d udp.port==8472,vxlan "
            + $"-Y 'frame.number in {{{string.Join(", ", frames)}}}' "
            + "-T fields -e frame.number -e udp.srcport -e udp.checksum -e udp.checksum.status",
            IsShell: true);
    }
}

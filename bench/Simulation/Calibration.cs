using System.Globalization;
using System.Text;

namespace VxlanCsum.Simulation;

/// <summary>Verdicts on simulated captures, counted: is the cause right as often as the confidence says?</summary>
internal sealed class Calibration
{
    private static readonly double[] s_bins = [0, 0.5, 0.8, 0.95, 0.99, 1.01];

    private readonly Dictionary<(Truth, ChecksumCause), int> _confusion = [];
    private readonly int[] _inBin = new int[s_bins.Length - 1], _rightInBin = new int[s_bins.Length - 1];

    /// <summary>What was wrong although it was said to be sure, to look at.</summary>
    public List<string> SureAndWrong { get; } = [];
    public int Captures { get; private set; }
    public int Right { get; private set; }
    public int WrongAt95 { get; private set; }
    public int WrongAt99 { get; private set; }

    /// <summary>Healthy or merely unfinished directions that were said to have a fault.</summary>
    public int HealthyAccused { get; private set; }

    /// <summary>Captures with three flows or more of two distinct packets or more, and those of them that were judged
    /// rightly.</summary>
    public int Ample { get; private set; }
    public int AmpleRight { get; private set; }

    /// <summary>The most that a lone bad packet made of defect B or A, all ones (which chance hardly gives)
    /// apart.</summary>
    public double LonePacketMost { get; private set; }

    public static Calibration Run(int captures, int seed)
    {
        Calibration counted = new();
        Truth[] truths = Enum.GetValues<Truth>();
        for (int i = 0; i < captures; i++)
        {
            counted.Add(new Simulator(seed + i).Make(truths[i % truths.Length]), seed + i);
        }

        return counted;
    }

    public void Add(SimulatedCapture capture, int seed)
    {
        Captures++;
        IReadOnlyList<VxlanChecksumResult> results = capture.Analyze();
        VxlanChecksumResult? main = results.FirstOrDefault(
            r => r.TunnelType != TunnelType.None && r.OuterSource == capture.Source
                && r.OuterDestination == capture.Destination);
        if (main is null)
        {
            SureAndWrong.Add($"seed {seed} {capture.Truth}: no result for {capture.Source} -> {capture.Destination}");
            WrongAt99++;
            return;
        }

        bool innocent = capture.Truth is Truth.Healthy or Truth.Unfinished;
        VxlanChecksumResult? accused = results.FirstOrDefault(
            r => r.IsFault
                && (innocent || (r != main && capture.Truth != Truth.Anonymised && IsBystander(r, capture))));
        HealthyAccused += accused is null ? 0 : 1;
        bool right = capture.IsRight(main.Cause);
        VxlanChecksumResult judged = right && accused is not null ? accused : main;
        right &= accused is null;
        Count(capture, judged, right, seed);
        if (main.Packets == 1 && main.ImpliedOriginalAddress is null && main.Evidence.All(e => e.Found != 0xffff)
            && main.Cause is ChecksumCause.NatLocalChecksum or ChecksumCause.NatZeroChecksum)
        {
            LonePacketMost = Math.Max(LonePacketMost, main.Confidence);
            if (main.Confidence > 0.7)
            {
                SureAndWrong.Add(
                    string.Create(CultureInfo.InvariantCulture,
                        $"seed {seed} {capture.Truth} lone packet: {main} {main.Confidence:0.0000}"));
            }
        }
    }

    /// <summary>The direction back, and the bystanders of a translated one: nothing was done to them.</summary>
    private static bool IsBystander(VxlanChecksumResult result, SimulatedCapture capture) =>
        result.TunnelType != TunnelType.None && capture.Truth is not (Truth.DamagedAtRandom or Truth.StuckBit)
            && result.OuterSource == capture.Destination;

    private void Count(SimulatedCapture capture, VxlanChecksumResult result, bool right, int seed)
    {
        (Truth, ChecksumCause) cell = (capture.Truth, result.Cause);
        _confusion[cell] = _confusion.GetValueOrDefault(cell) + 1;
        int bin = Array.FindLastIndex(s_bins, b => result.Confidence >= b);
        bin = Math.Min(bin, _inBin.Length - 1);
        _inBin[bin]++;
        _rightInBin[bin] += right ? 1 : 0;
        Right += right ? 1 : 0;
        if (capture is { Flows: >= 3, PacketsEach: >= 2 })
        {
            Ample++;
            AmpleRight += right ? 1 : 0;
        }

        if (!right && result.Confidence >= 0.95)
        {
            WrongAt95++;
            WrongAt99 += result.Confidence >= 0.99 ? 1 : 0;
            SureAndWrong.Add(
                string.Create(CultureInfo.InvariantCulture,
                    $"seed {seed} {capture.Truth} {capture.Flows}x{capture.PacketsEach}: {result} "
                    + $"{result.Confidence:0.0000}"));
        }
    }

    /// <summary>The tables of bench/CALIBRATION.md.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        ChecksumCause[] causes = [.. _confusion.Keys.Select(static k => k.Item2).Distinct().Order()];
        text.AppendLine($"| truth | {string.Join(" | ", causes)} |")
            .AppendLine($"|---|{string.Concat(causes.Select(static _ => "---:|"))}");
        foreach (Truth truth in Enum.GetValues<Truth>())
        {
            text.AppendLine(
                $"| {truth} | "
                + $"{string.Join(" | ", causes.Select(c => _confusion.TryGetValue((truth, c), out int n) ? $"{n}" : ""))} |");
        }

        text.AppendLine().AppendLine("| confidence | verdicts | right | share |").AppendLine("|---|---:|---:|---:|");
        for (int i = 0; i < _inBin.Length; i++)
        {
            string name = i == _inBin.Length - 1 ? "0.99 and more"
                : string.Create(CultureInfo.InvariantCulture, $"{s_bins[i]:0.##} to {s_bins[i + 1]:0.##}");
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {name} | {_inBin[i]} | {_rightInBin[i]} | "
                + $"{(_inBin[i] == 0 ? "" : Share(_rightInBin[i], _inBin[i]))} |");
        }

        return text.ToString();
    }

    public static string Share(int part, int whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.00} %");
}

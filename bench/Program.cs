using BenchmarkDotNet.Running;

namespace VxlanCsum.Bench;

internal static class Program
{
    private const string Usage = """
        compare [--folder DIR] [--rounds N] [--scale PERCENT] [--out FILE]
            Makes the captures a, b and c in DIR (default: the system's temporary folder; 2.5 GiB at 100 %),
            runs every contender N times in turn and writes medians and ratios (default bench/RESULTS.md).
        rules [the same options]
            Makes the rules of a node with 50,000 services and times reading and walking them (default bench/RULES.md).
        calibration [--captures N]
            Simulates captures with known truth and counts right and wrong verdicts (bench/CALIBRATION.md).
        send INTERFACE PACKETS SECONDS
            Sends small tunnel frames, so many packets a second (0: as many as can be), for bench/rate.
        kernels [BenchmarkDotNet's options]
            Times the checksum kernels.
        """;

    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["compare", .. var options]:
                return Comparison.Run(Options.Parse(options));
            case ["rules", .. var options]:
                return RuleComparison.Run(Options.Parse(options));
            case ["calibration", .. var options]:
                return CalibrationBench.Run(options);
            case ["send", _, _, _]:
                return Sender.Run(args[1..]);
            case ["kernels", .. var options]:
                BenchmarkSwitcher.FromTypes([typeof(Kernels)]).Run(options);
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 64;
        }
    }
}

internal sealed record Options(string Folder, int Rounds, int Scale, string Out)
{
    public static readonly string DefaultOut = Path.Combine("bench", "RESULTS.md");

    public static Options Parse(string[] args)
    {
        Options options = new(Path.Combine(Path.GetTempPath(), "vxlancsum-bench"), 5, 100, DefaultOut);
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            options = args[i] switch
            {
                "--folder" => options with { Folder = args[i + 1] },
                "--rounds" => options with { Rounds = int.Parse(args[i + 1], null) },
                "--scale" => options with { Scale = int.Parse(args[i + 1], null) },
                "--out" => options with { Out = args[i + 1] },
                _ => throw new ArgumentException($"no option {args[i]}"),
            };
        }

        return options;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;

namespace VxlanCsum.Bench;

/// <summary>Reading the rules of a large node: the contenders take turns, so that a machine whose speed drifts is
/// unfair to none.</summary>
internal static class RuleComparison
{
    private const string Model = "every rule into the model (in process)",
        EveryProperty = "the model, and every property of every rule (in process)",
        OnAll = "the same, the properties on every processor (in process)";

    private const int Services = 50_000, WalkedServices = 10_000;

    public static int Run(Options options)
    {
        string path = RuleInputs.Make(options.Folder, Services * options.Scale / 100),
            walked = RuleInputs.Make(options.Folder, WalkedServices);
        List<(string Name, Func<double> Run)> contenders =
        [
            ("cat", () => Program(["cat", path])),
            (Model, () => Read(path).Seconds),
            (EveryProperty, () => Properties(path)),
            (OnAll, () => PropertiesOnAll(path)),
        ];
        string shell = Path.Combine(Root(), "bin", "vxlancsum");
        if (File.Exists(shell))
        {
            contenders.Add(("vxlancsum: Get-KubePostroutingRule",
                () => Program([shell, "-NoLogo", "-Command", $"Get-KubePostroutingRule -Path '{path}' > $null"])));
            contenders.Add(("vxlancsum: Trace-KubePostrouting",
                () => Program([shell, "-NoLogo", "-Command", $"Trace-KubePostrouting -Path '{path}' > $null"])));
        }

        foreach (string tool in (string[])["iptables-nft-restore", "iptables-legacy-restore"])
        {
            if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Installed(tool))
            {
                // Never in the machine's own namespace, though --test changes nothing.
                contenders.Add(($"{tool} --test", () => Program(["unshare", "-n", tool, "--test", path])));
            }
            else
            {
                Console.Error.WriteLine($"left out, needs root and the program: {tool} --test");
            }
        }

        Dictionary<string, List<double>> times = contenders.ToDictionary(c => c.Name, _ => new List<double>());
        for (int round = 0; round <= options.Rounds; round++)
        {
            foreach ((string name,
                Func<double> run) in contenders.Where(
                    c => round is not 0 || !c.Name.EndsWith("--test", StringComparison.Ordinal)))
            {
                double seconds = run();
                Console.Error.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"round {round} {name}: {seconds:F3} s"));
                if (round > 0)
                {
                    times[name].Add(seconds);
                }
            }
        }

        (NetfilterRuleset rules, _) = Read(path);
        string report = Report(options, path, rules.Rules.Count(), times, Walks(walked));
        File.WriteAllText(
            Path.Combine(Root(), options.Out == Options.DefaultOut ? Path.Combine("bench", "RULES.md") : options.Out),
            report);
        Console.WriteLine(report);
        return 0;
    }

    private static string Report(Options options, string path, int rules, Dictionary<string, List<double>> times,
        (double First, double Again) walk)
    {
        const string Nft = "iptables-nft-restore --test";
        double model = Median(times[Model]);
        StringBuilder text = new();
        text.AppendLine("# The rules of a large node").AppendLine();
        text.AppendLine(
            "Written by `bench/rules`. Medians of rounds in which the contenders take turns, warm page cache; a "
            + "second measures this");
        text.AppendLine("machine, only the ratios travel.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{rules:N0} rules, {new FileInfo(path).Length / 1e6:F1} MB, {Environment.ProcessorCount} processors, "
            + $".NET {Environment.Version}, {options.Rounds} rounds.").AppendLine();
        text.AppendLine("| contender | s | × the model |").AppendLine("|---|---:|---:|");
        foreach ((string name, List<double> seconds) in times)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {name} | {Median(seconds):F3} | {Median(seconds) / model:F2} |");
        }

        text.AppendLine();
        if (times.TryGetValue(Nft, out List<double>? nft))
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"Into the model: {Median(nft) / model:F0} times as fast as `{Nft}`; with every property of every "
                + $"rule read: {Median(nft) / Median(times[EveryProperty]):F0} times, on every processor "
                + $"{Median(nft) / Median(times[OnAll]):F0} times.").AppendLine();
        }

        text.AppendLine(CultureInfo.InvariantCulture,
            $"A walk past {WalkedServices:N0} service rules, each of both passes: {walk.First * 1e3:F2} ms the first "
            + $"time over a ruleset, {walk.Again * 1e3:F2} ms after that.");
        return text.ToString();
    }

    private static (NetfilterRuleset Rules, double Seconds) Read(string path)
    {
        // What an earlier round left behind is not this one's to clear.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long started = Stopwatch.GetTimestamp();
        using FileStream file = new(path, new FileStreamOptions { BufferSize = 0 });
        RulesetReader reader = new();
        reader.Read(file, path);
        NetfilterRuleset rules = reader.Build();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return rules.Problems.Count == 0 && rules.Tables.Count == 1 ? (rules, seconds)
            : throw new InvalidDataException($"{path}: not what was written");
    }

    private static double Properties(string path)
    {
        (NetfilterRuleset rules, double seconds) = Read(path);
        long started = Stopwatch.GetTimestamp();
        long seen = 0;
        foreach (NetfilterRule rule in rules.Rules)
        {
            seen += Seen(rule);
        }

        return seen > 0 ? seconds + Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidDataException(path);
    }

    private static double PropertiesOnAll(string path)
    {
        (NetfilterRuleset rules, double seconds) = Read(path);
        IReadOnlyList<NetfilterChain> chains = rules.Tables[0].Chains;
        long started = Stopwatch.GetTimestamp();
        long seen = 0;
        Parallel.ForEach(Partitioner.Create(0, chains.Count), range =>
        {
            long part = 0;
            for (int c = range.Item1; c < range.Item2; c++)
            {
                foreach (NetfilterRule rule in chains[c].Rules)
                {
                    part += Seen(rule);
                }
            }

            Interlocked.Add(ref seen, part);
        });
        return seen > 0 ? seconds + Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidDataException(path);
    }

    // Each property that the class has; a match is made with its name and text.
    private static long Seen(NetfilterRule rule) =>
        (int)rule.Backend + (int)rule.Family + rule.Table.Length + rule.Chain.Length + rule.Number + (rule.Packets ?? 0)
            + (rule.Bytes ?? 0)
        + Length(rule.Comment) + Length(rule.Protocol) + Length(rule.Source) + Length(rule.Destination)
        + Length(rule.InInterface)
        + Length(rule.OutInterface) + (rule.Mark?.Value ?? 0) + Length(rule.MatchSet) + rule.Matches.Count
        + Length(rule.Target)
        + (rule.IsGoto ? 1 : 0) + (rule.MarkOperation?.Value ?? 0) + (rule.RandomFully ? 1 : 0) + rule.Text.Length
        + (int)rule.Generation;

    private static int Length(string? text) => text?.Length ?? 0;

    private static (double First, double Again) Walks(string path)
    {
        TraceRequest request = new()
        {
            Destination = IPAddress.Parse("10.96.255.254"),
            DestinationPort = 80,
            Protocol = "tcp"
        };
        List<double> first = [], again = [];
        for (int i = 0; i < 15; i++)
        {
            (NetfilterRuleset rules, _) = Read(path);
            first.Add(Walk(rules, request));
            again.Add(Walk(rules, request));
        }

        return (Median(first), Median(again));
    }

    private static double Walk(NetfilterRuleset rules, TraceRequest request)
    {
        long started = Stopwatch.GetTimestamp();
        RuleTrace trace = Tracer.Trace(rules, request);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return trace.Verdict == TraceVerdict.Safe ? seconds : throw new InvalidDataException(trace.Explanation);
    }

    private static double Program(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { RedirectStandardOutput = true };
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0 ? seconds
            : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}");
    }

    private static bool Installed(string tool) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VxlanCsum.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("run it from the checkout");
    }
}

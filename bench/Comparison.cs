using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using VxlanCsum.Clusters;

namespace VxlanCsum.Bench;

/// <summary>Runs all contenders in turn, round by round, so that a machine whose speed drifts is unfair to
/// none.</summary>
internal static class Comparison
{
    private const long TsharkSlice = 64 << 20;

    /// <summary>Of the process that ended last.</summary>
    private static long s_lastPeak;

    private static readonly int[] s_flows = [1, 1_000, 1_000_000];

    private sealed record Contender(string Name, Func<string, double> Run, bool Slow = false, bool InProcess = false)
    {
        /// <summary>Also with captures of one flow to a million.</summary>
        public bool WithFlows { get; init; }
    }

    public static int Run(Options options)
    {
        string root = FindRoot();
        string shell = Path.Combine(root, "bin", "vxlancsum");
        List<Contender> contenders =
        [
            new("bare read, 1 thread (in process)", InProcess.BareRead, InProcess: true) { WithFlows = true },
            new("Measure, 1 thread (in process)", path => InProcess.Measure(path, 1), InProcess: true)
            {
                WithFlows = true,
            },
            new("Test, 1 thread (in process)", path => InProcess.Test(path, 1), InProcess: true) { WithFlows = true },
            new($"Measure, {Environment.ProcessorCount} threads (in process)",
                path => InProcess.Measure(path, Environment.ProcessorCount), InProcess: true) { WithFlows = true },
            new($"Test, {Environment.ProcessorCount} threads (in process)",
                path => InProcess.Test(path, Environment.ProcessorCount), InProcess: true) { WithFlows = true },
            new("an object a packet (in process)", InProcess.Objects, InProcess: true),
            new("cat", path => Process("cat", [path])),
            new("vxlancsum: Measure-PcapChecksum",
                path => Process(shell, ["-NoLogo", "-Command", $"Measure-PcapChecksum -LiteralPath '{path}'"])),
            new("vxlancsum: Test-VxlanChecksum",
                path => Process(shell, ["-NoLogo", "-Command", $"Test-VxlanChecksum -LiteralPath '{path}'"])),
            new("vxlancsum: start alone (-NoProfile -Command 1)",
                _ => Process(shell, ["-NoLogo", "-NoProfile", "-Command", "1"])),
            new("vxlancsum: Read-PcapChecksum -Status Bad",
                path => Process(shell,
                    ["-NoLogo", "-Command", $"Read-PcapChecksum -LiteralPath '{path}' -Status Bad > $null"])),
            new("vxlancsum: Read-PcapChecksum > $null",
                path => Process(shell, ["-NoLogo", "-Command", $"Read-PcapChecksum -LiteralPath '{path}' > $null"])),
            new("vxlancsum: Read-PcapChecksum | Out-Null",
                path => Process(shell, ["-NoLogo", "-Command", $"Read-PcapChecksum -LiteralPath '{path}' | Out-Null"])),
            new("tcpdump -nn -vv", path => Process("tcpdump", ["-nn", "-vv", "-r", path]), Slow: true),
            new("tshark, checks on, scaled from 64 MiB", Tshark, Slow: true),
        ];

        contenders.RemoveAll(c => Missing(c, shell));
        string[] names = [Inputs.Large, Inputs.Small, Inputs.Mixed];
        Dictionary<string, string> inputs = names.ToDictionary(name => name,
            name => Inputs.Make(options.Folder, name, options.Scale));
        foreach (int flows in s_flows)
        {
            inputs.Add(Name(flows), Inputs.MakeFlows(options.Folder, flows, options.Scale));
        }

        Dictionary<(string, string), List<double>> times = [];
        Dictionary<string, long> memory = [];
        for (int round = 0; round <= options.Rounds; round++)
        {
            foreach ((string name, string path) in inputs)
            {
                bool few = !names.Contains(name);
                foreach (Contender contender in contenders.Where(
                    c => (!c.Slow || (round is 1 or 2 or 3)) && (!few || c.WithFlows)))
                {
                    PeakMemory.Begin();
                    double seconds = contender.Run(path);
                    ref long most = ref CollectionsMarshal.GetValueRefOrAddDefault(memory, contender.Name, out _);
                    most = Math.Max(most, contender.InProcess ? PeakMemory.OfThis() : s_lastPeak);
                    Console.Error.WriteLine(
                        string.Create(CultureInfo.InvariantCulture,
                            $"round {round} {name} {contender.Name}: {seconds:F3} s"));

                    // Round 0 warms the page cache and the code.
                    if (round > 0)
                    {
                        (CollectionsMarshal.GetValueRefOrAddDefault(times, (name, contender.Name), out _) ??= []).Add(
                            seconds);
                    }
                }
            }
        }

        string report = Report(options, contenders, names, inputs,
            (name, contender) => Median(times[(name, contender.Name)]), memory, Notes(root));
        File.WriteAllText(Path.Combine(root, options.Out), report);
        Console.WriteLine(report);
        return 0;
    }

    private static string Report(
        Options options, List<Contender> contenders, string[] names, Dictionary<string, string> inputs,
        Func<string, Contender, double> median, Dictionary<string, long> memory, string notes)
    {
        Contender cat = contenders.Single(c => c.Name == "cat"), bare = contenders[0];
        StringBuilder text = new();
        text.AppendLine("# Side by side").AppendLine();
        text.AppendLine(
            "Written by `bench/compare`. Medians of rounds in which the contenders take turns, warm page cache, all "
            + "checksums verified;");
        text.AppendLine("a second measures this machine, only the ratios travel.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} processors, "
            + $"{(Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : "128")}-bit "
            + $"vectors, .NET {Environment.Version}, {options.Rounds} rounds (3 of tcpdump and tshark).");
        text.AppendLine(
            "a = 1514-byte VXLAN/TCP frames, b = 130-byte VXLAN/DNS frames, c = mixed; 4,096 flows, 1 % wrong inner "
            + "checksums.").AppendLine();
        Table(text, "× bare read", contenders.Where(c => c.InProcess), names, median, name => median(name, bare), memory);
        text.AppendLine("Frames like those of b, with so many flows in turn:").AppendLine();
        Table(text, "× bare read", contenders.Where(c => c.WithFlows), [.. s_flows.Select(Name)], median,
            name => median(name, bare), memory);
        Table(text, "× cat", contenders.Where(c => !c.InProcess), names, median, name => median(name, cat), memory);
        if (contenders.FirstOrDefault(c => c.Name.StartsWith("tcpdump", StringComparison.Ordinal)) is { } tcpdump)
        {
            foreach (string cmdlet in (string[])["Measure-PcapChecksum", "Test-VxlanChecksum",
                "Read-PcapChecksum -Status Bad"])
            {
                Compare(text, cmdlet, tcpdump, contenders, names, median);
            }

            text.AppendLine();
        }

        text.AppendLine(
            "Inputs: " + string.Join(", ",
                names.Select(
                    n => string.Create(CultureInfo.InvariantCulture,
                        $"{n} {new FileInfo(inputs[n]).Length >> 20} MiB"))) + ". Memory: the most of any input, in MiB; in "
            + "process that of the benchmark itself is in it.");
        return text.AppendLine().Append(notes).ToString();
    }

    private static void Compare(StringBuilder text, string cmdlet, Contender tcpdump, List<Contender> contenders,
        string[] names, Func<string, Contender, double> median)
    {
        if (contenders.FirstOrDefault(c => c.Name.EndsWith(cmdlet, StringComparison.Ordinal)) is { } own)
        {
            string ratios = string.Join(" / ", names.Select(
                n => (median(n, tcpdump) / median(n, own)).ToString("F0", CultureInfo.InvariantCulture)));
            text.AppendLine($"Whole process, start included: {cmdlet} is {ratios} times (a / b / c) as fast as "
                + "`tcpdump -nn -vv`.").AppendLine();
        }
    }

    private static string Name(int flows) => flows.ToString("N0", CultureInfo.InvariantCulture) + (flows == 1 ? " flow" : " flows");

    /// <summary>What was tried and did not pay, and what is left: kept by hand.</summary>
    private static string Notes(string root) => File.ReadAllText(Path.Combine(root, "bench", "NOTES-speed.md"));

    private static void Table(
        StringBuilder text, string unit, IEnumerable<Contender> contenders, string[] names,
        Func<string, Contender, double> median, Func<string, double> floor, Dictionary<string, long> memory)
    {
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| contender | {string.Join(" | ", names.Select(n => $"{n}, s"))} | "
            + $"{string.Join(" | ", names.Select(n => $"{n}, {unit}"))} | MiB |");
        text.AppendLine("|---|" + string.Concat(Enumerable.Repeat("---:|", (2 * names.Length) + 1)));
        foreach (Contender contender in contenders)
        {
            IEnumerable<string> seconds = names.Select(
                n => median(n, contender).ToString("F3", CultureInfo.InvariantCulture));
            IEnumerable<string> ratios = names.Select(
                n => (median(n, contender) / floor(n)).ToString("F2", CultureInfo.InvariantCulture));
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {contender.Name.Replace("|", "\\|", StringComparison.Ordinal)} | {string.Join(" | ", seconds)} | "
                + $"{string.Join(" | ", ratios)} | {memory[contender.Name] >> 20} |");
        }

        text.AppendLine();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    /// <summary>Wall time of a whole process whose output goes to /dev/null: a pipe would slow it down.</summary>
    private static double Process(string file, string[] arguments)
    {
        ProcessStartInfo start = new("/bin/sh") { ArgumentList = { "-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", file } };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        long started = Stopwatch.GetTimestamp();
        using Process process = System.Diagnostics.Process.Start(start)!;
        s_lastPeak = PeakMemory.Of(process);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return process.ExitCode == 0 ? seconds
            : throw new InvalidOperationException($"{file} ended with {process.ExitCode}");
    }

    private static double Tshark(string path)
    {
        long length = new FileInfo(path).Length;
        string slice = path + ".slice";
        if (!File.Exists(slice))
        {
            Slice(path, slice);
        }

        string[] arguments =
        [
            "-n", "-r", slice, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o",
            "udp.check_checksum:TRUE",
            "-T", "fields", "-e", "ip.checksum.status", "-e", "udp.checksum.status", "-e", "tcp.checksum.status",
        ];
        return Process("tshark", arguments) * length / new FileInfo(slice).Length;
    }

    private static void Slice(string path, string slice)
    {
        using FileStream from = File.OpenRead(path);
        using Captures.Files.CaptureReader reader = Captures.Files.CaptureReaderFactory.Open(from, path);
        while (reader.Position < Math.Min(TsharkSlice, from.Length) && reader.TryRead(out _))
        {
        }

        long end = reader.Position;
        using FileStream source = File.OpenRead(path), to = File.Create(slice);
        byte[] bytes = new byte[1 << 20];
        while (end > 0)
        {
            int read = source.Read(bytes, 0, (int)Math.Min(bytes.Length, end));
            to.Write(bytes, 0, read);
            end -= read;
        }
    }

    private static bool Missing(Contender contender, string shell)
    {
        string tool = contender.Name.Split(' ', ',', ':')[0];
        bool missing = tool == "vxlancsum" ? !File.Exists(shell) : tool is "tcpdump" or "tshark" && !OnPath(tool);
        if (missing)
        {
            Console.Error.WriteLine($"left out, not installed: {contender.Name}");
        }

        return missing;
    }

    private static bool OnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VxlanCsum.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("run it from the checkout");
    }
}

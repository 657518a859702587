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

    private sealed record Contender(string Name, Func<string, double> Run, bool Slow = false, bool InProcess = false);

    public static int Run(Options options)
    {
        string root = FindRoot();
        string shell = Path.Combine(root, "bin", "vxlancsum");
        List<Contender> contenders =
        [
            new("bare read, 1 thread (in process)", InProcess.BareRead, InProcess: true),
            new("Measure, 1 thread (in process)", path => InProcess.Measure(path, 1), InProcess: true),
            new($"Measure, {Environment.ProcessorCount} threads (in process)",
                path => InProcess.Measure(path, Environment.ProcessorCount), InProcess: true),
            new("an object a packet (in process)", InProcess.Objects, InProcess: true),
            new("cat", path => Process("cat", [path])),
            new("vxlancsum: Measure-PcapChecksum",
                path => Process(shell, ["-NoLogo", "-Command", $"Measure-PcapChecksum -LiteralPath '{path}'"])),
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
        Dictionary<(string, string), List<double>> times = [];
        for (int round = 0; round <= options.Rounds; round++)
        {
            foreach ((string name, string path) in inputs)
            {
                foreach (Contender contender in contenders.Where(c => !c.Slow || (round is 1 or 2 or 3)))
                {
                    double seconds = contender.Run(path);
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
            (name, contender) => Median(times[(name, contender.Name)]));
        File.WriteAllText(Path.Combine(root, options.Out), report);
        Console.WriteLine(report);
        return 0;
    }

    private static string Report(
        Options options, List<Contender> contenders, string[] names, Dictionary<string, string> inputs,
        Func<string, Contender, double> median)
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
        Table(text, "× bare read", contenders.Where(c => c.InProcess), names, median, name => median(name, bare));
        Table(text, "× cat", contenders.Where(c => !c.InProcess), names, median, name => median(name, cat));
        if (contenders.FirstOrDefault(c => c.Name.StartsWith("tcpdump", StringComparison.Ordinal)) is { } tcpdump
            && contenders.FirstOrDefault(
                c => c.Name.EndsWith("Measure-PcapChecksum", StringComparison.Ordinal)) is { } measure)
        {
            string ratios = string.Join(" / ",
                names.Select(
                    n => (median(n, tcpdump) / median(n, measure)).ToString("F0", CultureInfo.InvariantCulture)));
            text.AppendLine(
                $"Whole process, start included: Measure-PcapChecksum is {ratios} times (a / b / c) as fast as "
                + $"`tcpdump -nn -vv`.").AppendLine();
        }

        text.AppendLine(
            "Inputs: " + string.Join(", ",
                names.Select(
                    n => string.Create(CultureInfo.InvariantCulture,
                        $"{n} {new FileInfo(inputs[n]).Length >> 20} MiB"))) + ".");
        return text.ToString();
    }

    private static void Table(
        StringBuilder text, string unit, IEnumerable<Contender> contenders, string[] names,
        Func<string, Contender, double> median, Func<string, double> floor)
    {
        text.AppendLine(CultureInfo.InvariantCulture,
            $"| contender | {string.Join(" | ", names.Select(n => $"{n}, s"))} | "
            + $"{string.Join(" | ", names.Select(n => $"{n}, {unit}"))} |");
        text.AppendLine("|---|" + string.Concat(Enumerable.Repeat("---:|", 2 * names.Length)));
        foreach (Contender contender in contenders)
        {
            IEnumerable<string> seconds = names.Select(
                n => median(n, contender).ToString("F3", CultureInfo.InvariantCulture));
            IEnumerable<string> ratios = names.Select(
                n => (median(n, contender) / floor(n)).ToString("F2", CultureInfo.InvariantCulture));
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {contender.Name.Replace("|", "\\|", StringComparison.Ordinal)} | {string.Join(" | ", seconds)} | "
                + $"{string.Join(" | ", ratios)} |");
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
        process.WaitForExit();
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

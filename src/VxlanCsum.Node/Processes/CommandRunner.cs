using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Processes;

/// <summary>Runs programs of the machine to their end: an argument list, never a shell's text.</summary>
/// <remarks>A program runs in the network namespace within which it is started.</remarks>
internal static class CommandRunner
{
    /// <summary>Where programs of the system are that a plain user's or a service's PATH may lack.</summary>
    private static readonly string[] s_systemFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin"];

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>The full path of a program; null where it is not installed.</summary>
    public static string? Find(string program) => program.Contains('/')
        ? File.Exists(program) ? program : null
        : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Concat(s_systemFolders)
            .Where(static f => f.StartsWith('/'))
            .Select(f => Path.Combine(f, program))
            .FirstOrDefault(static f => File.Exists(f) && IsExecutable(f));

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Each as the program is to see it.</param>
    /// <param name="timeout">How long it may take before it is killed; a minute where null.</param>
    /// <param name="input">Its standard input; empty where null.</param>
    /// <param name="whileStarting">Holds open, while it is started, what it is to inherit.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="NodeException">It is not installed, may not be run, or took too long.</exception>
    public static CommandResult Run(
        string program, IReadOnlyList<string> arguments, TimeSpan? timeout = null, string? input = null,
        Func<IDisposable>? whileStarting = null,
        CancellationToken cancellation = default)
    {
        using var output = new MemoryStream();
        (int exitCode, string error) = Run(program, arguments, stream => stream.CopyTo(output), timeout, input,
            whileStarting, environment: null, cancellation);
        return new CommandResult(exitCode, output.ToArray(), error);
    }

    /// <summary>Runs a program and reads what it prints while it prints it, on the calling thread.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Each as the program is to see it.</param>
    /// <param name="read">Reads its standard output; what it leaves unread is thrown away.</param>
    /// <param name="timeout">How long it may take before it is killed; a minute where null.</param>
    /// <param name="input">Its standard input; empty where null.</param>
    /// <param name="whileStarting">Holds open, while it is started, what it is to inherit.</param>
    /// <param name="environment">Variables to be added.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <returns>Its exit code, and what it said on standard error.</returns>
    /// <exception cref="NodeException">It is not installed, may not be run, or took too long.</exception>
    public static (int ExitCode, string Error) Run(
        string program, IReadOnlyList<string> arguments, Action<Stream> read, TimeSpan? timeout = null,
        string? input = null, Func<IDisposable>? whileStarting = null,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellation = default)
    {
        string path = Find(program) ?? throw Missing(program);
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = "/",
        };

        // Messages and numbers in the form that we know.
        start.Environment["LC_ALL"] = "C";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Start(start, program, whileStarting);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout ?? s_patience);
        try
        {
            // A pipe's blocking read ends when its writers are gone.
            using CancellationTokenRegistration kill = limit.Token.Register(() => Kill(process));
            Task<string> complaining = Complaint(process.StandardError, limit.Token);
            Task feeding = Task.Run(() => Feed(process, input), CancellationToken.None);
            Stream output = process.StandardOutput.BaseStream;
            read(output);
            output.CopyTo(Stream.Null);
            Task.WhenAll(complaining, feeding, process.WaitForExitAsync(limit.Token)).GetAwaiter().GetResult();
            limit.Token.ThrowIfCancellationRequested();
            return (process.ExitCode, CommandResult.Shorten(complaining.Result));
        }
        catch (Exception e)
        {
            Kill(process);
            if (e is not OperationCanceledException)
            {
                throw;
            }

            cancellation.ThrowIfCancellationRequested();
            throw new NodeException(NodeErrorId.CommandTimeout, NodeFailure.Failed, program,
                $"{program} did not end within {(timeout ?? s_patience).TotalSeconds:0} s and was stopped.");
        }
    }

    /// <summary>The error for a program that is not installed.</summary>
    public static NodeException Missing(string program) => new(
        NodeErrorId.CommandNotFound, NodeFailure.NotFound, program, $"The program {program} is not installed.",
        $"Install {PackageOf(program)}.");

    private static Process Start(ProcessStartInfo start, string program, Func<IDisposable>? whileStarting)
    {
        using IDisposable? held = whileStarting?.Invoke();
        try
        {
            Process process = NetworkNamespace.Enter(() => Process.Start(start)!);
            DieFirst(process);
            return process;
        }
        catch (Win32Exception e)
        {
            throw new NodeException(
                NodeErrorId.CommandFailed, Errno.IsPermission(e.NativeErrorCode) ? NodeFailure.Permission
                    : NodeFailure.Failed, program,
                $"{start.FileName} could not be started: {Errno.Describe(e.NativeErrorCode)}.", null, e);
        }
    }

    /// <summary>
    /// Where memory is short the kernel is to kill the program and not us: that is told, and what the program was to
    /// show is unknown.
    /// </summary>
    private static void DieFirst(Process process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            File.WriteAllText($"/proc/{process.Id}/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
        }
    }

    /// <summary>What it says of itself, or the beginning of that: the rest is read and thrown away.</summary>
    private static async Task<string> Complaint(StreamReader error, CancellationToken cancellation)
    {
        const int Kept = 64 * 1024;
        var text = new StringBuilder();
        char[] piece = new char[4096];
        while (await error.ReadAsync(piece, cancellation).ConfigureAwait(false) is > 0 and int length)
        {
            text.Append(piece, 0, Math.Min(length, Kept - text.Length));
        }

        return text.ToString();
    }

    private static void Feed(Process process, string? input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading what it was given; its exit code says whether that was right.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It, or what it started, ended meanwhile, or may not be killed. This runs on a timer's thread, where an
            // exception would end the process; who waits for the program sees that it did not end.
        }
    }

    private static bool IsExecutable(string path) =>
        OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    private static string PackageOf(string program) => Path.GetFileName(program) switch
    {
        "ip" or "tc" or "ss" => "the package iproute2 (iproute on RHEL)",
        "conntrack" => "the package conntrack (conntrack-tools on RHEL and Alpine)",
        "nft" => "the package nftables",
        "ipset" => "the package ipset",
        var name when name.StartsWith("ip", StringComparison.Ordinal)
            && name.Contains("tables", StringComparison.Ordinal) => "the package iptables (iptables-nft on RHEL)",
        var name => $"the package that holds {name}",
    };
}

using System.ComponentModel;
using System.Diagnostics;
using VxlanCsum.Clusters;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>Runs the tcpdump of this machine.</summary>
internal static class LiveTcpdump
{
    /// <summary>What it prints of a capture; times are UTC.</summary>
    public static string PrintOrSkip(string capture, params string[] switches)
    {
        ProcessStartInfo start = new("tcpdump", [.. switches, "-r", capture])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.Latin1,
            Environment = { ["TZ"] = "UTC" },
        };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip("tcpdump is not installed: apt install tcpdump, dnf install tcpdump, apk add tcpdump");
        }

        using Process process = started!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = errors.Result;
        return text;
    }
}

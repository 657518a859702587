using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>Runs the tshark of this machine with every checksum check on.</summary>
internal static class LiveTshark
{
    private static readonly string[] s_options =
    [
        "-n", "-T", "fields", "-E", "header=y", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,",
        "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o",
        "sctp.checksum:crc-32c", "-o", "udplite.check_checksum:TRUE",
        "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-d", "udp.port==8472,vxlan",
    ];

    public static IEnumerable<TsharkFrame> ReadOrSkip(string capture)
    {
        ProcessStartInfo start = new("tshark",
            [.. s_options, .. Fields.SelectMany(f => new[] { "-e", f }), "-r", capture])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Assert.Skip("tshark is not installed: apt install tshark, dnf install wireshark-cli, apk add tshark");
        }

        using Process process = started!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        TsharkFrame[] frames = [.. TsharkFrame.Parse(process.StandardOutput)];
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return frames;
    }

    private static IEnumerable<string> Fields =>
    [
        "frame.number", "frame.protocols", "ip.len",
        .. TsharkFrame.Compared.Select(p => $"{p}.checksum"),
        .. TsharkFrame.Compared.Select(p => $"{p}.checksum.status"),
        "ip.checksum_calculated", "udp.checksum_calculated", "tcp.checksum_calculated",
    ];
}

using System.Buffers.Binary;
using System.Net;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Drops;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Drops;

/// <summary>Counts for Prometheus, bounded whoever sends.</summary>
public sealed class DropCountsTests
{
    [Fact]
    public void DropsOfASenderAreCountedTogetherWhateverTheirPorts()
    {
        DropCounts counts = new(new DateTime(2026, 11, 29, 0, 0, 0, DateTimeKind.Utc));
        counts.Add(Drop(IPAddress.Parse("192.0.2.1"), 40000));
        counts.Add(Drop(IPAddress.Parse("192.0.2.1"), 40001));
        counts.Add(Drop(IPAddress.Parse("2001:db8::1"), 40001));
        string text = Text(counts);
        Assert.Contains(
            "vxlancsum_dropped_packets_total{reason=\"UDP_CSUM\",sender=\"192.0.2.1\",cause=\"Corrupted\"} 2\n", text,
            StringComparison.Ordinal);
        Assert.Contains("sender=\"2001:db8::1\"", text, StringComparison.Ordinal);
        Assert.Contains("\nvxlancsum_dropped_packets_missed_total 5\n", text, StringComparison.Ordinal);
        Assert.Contains("\nvxlancsum_dropped_packets_left_out_total 6\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE vxlancsum_dropped_packets_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("\nvxlancsum_drop_watch_start_time_seconds 1795910400\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ForgedSendersFillNoMonitor()
    {
        DropCounts counts = new(DateTime.UnixEpoch);
        for (int i = 0; i < 1000; i++)
        {
            counts.Add(Drop(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 40000));
        }

        string[] series = [.. Text(counts).Split('\n')
            .Where(static l => l.StartsWith("vxlancsum_dropped_packets_total{", StringComparison.Ordinal))];
        Assert.Equal(DropCounts.MostSeries + 1, series.Length);
        Assert.Equal("vxlancsum_dropped_packets_total{reason=\"UDP_CSUM\",sender=\"other\",cause=\"other\"} 744",
            series[^1]);
    }

    private static string Text(DropCounts counts)
    {
        using var text = new StringWriter();
        counts.Write(text, missed: 5, leftOut: 6);
        return text.ToString();
    }

    /// <summary>A UDP datagram whose checksum is wrong.</summary>
    private static unsafe ChecksumDrop Drop(IPAddress from, ushort port)
    {
        bool v6 = from.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        int header = v6 ? 40 : 20;
        byte[] bytes = new byte[header + 12];
        bytes[0] = v6 ? (byte)0x60 : (byte)0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(v6 ? 4 : 2), (ushort)(v6 ? 12 : bytes.Length));
        bytes[v6 ? 6 : 9] = 17;
        from.TryWriteBytes(bytes.AsSpan(v6 ? 8 : 12), out _);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(header), port);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(header + 2), 53);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(header + 4), 12);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(header + 6), 0x1234);
        fixed (byte* data = bytes)
        {
            var frame = new CapturedFrame
            {
                Data = data,
                CapturedLength = bytes.Length,
                WireLength = (uint)bytes.Length,
                Interface = new CaptureInterface(ChecksumDrop.Place, 0, "eth0", LinkType.Raw, 0)
            };
            return ChecksumDrop.Of(in frame, new FrameWalker(new TunnelPorts()).Walk(in frame), "UDP_CSUM", null, null);
        }
    }
}

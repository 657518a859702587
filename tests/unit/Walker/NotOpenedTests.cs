using VxlanCsum.Captures.Files;
using VxlanCsum.UnitTests.Causes;
using VxlanCsum.UnitTests.Frames;
using Xunit;

namespace VxlanCsum.UnitTests.Walker;

/// <summary>What is carried and not opened is unverified; it is not said to carry no checksum.</summary>
public sealed class NotOpenedTests
{
    /// <summary>MACsec, an EtherType that nobody knows, and IS-IS by LLC; ARP and LLDP carry none that is asked
    /// about.</summary>
    [Theory]
    [InlineData(0x88e5, ChecksumStatus.Unverified)]
    [InlineData(0x4321, ChecksumStatus.Unverified)]
    [InlineData(0x0806, ChecksumStatus.NotPresent)]
    [InlineData(0x88cc, ChecksumStatus.NotPresent)]
    public void AFrameOfAnotherProtocol(int type, ChecksumStatus expected)
    {
        byte[] frame = OverlayFrame.Plain(tcp: true, payload: 40);
        (frame[12], frame[13]) = ((byte)(type >> 8), (byte)type);
        Assert.Equal(expected, Walked.Of(frame, frame.Length, LinkType.Ethernet).Status);
    }

    [Theory]
    [InlineData(0x003d, ChecksumStatus.Unverified)]
    [InlineData(0xc021, ChecksumStatus.NotPresent)]
    public void PppOfAnotherProtocol(int protocol, ChecksumStatus expected)
    {
        byte[] frame = [0xff, 3, (byte)(protocol >> 8), (byte)protocol, 1, 2, 0, 4];
        Assert.Equal(expected, Walked.Of(frame, frame.Length, LinkType.Ppp).Status);
    }

    [Theory]
    [InlineData(true, ChecksumStatus.Good, ChecksumCause.None)]
    [InlineData(false, ChecksumStatus.Unverified, ChecksumCause.NotVerifiable)]
    public void ATunnelsOwnChecksumCoversWhatItCarries(bool outer, ChecksumStatus status, ChecksumCause cause)
    {
        TunnelFrame built = new();
        byte[] frame = outer ? built.Healthy() : built.WithoutOuter();
        int inner = frame.AsSpan().LastIndexOf(new byte[] { 0x08, 0x00, 0x45 });
        (frame[inner], frame[inner + 1]) = (0x88, 0xe5);
        if (outer)
        {
            frame = Repaired(frame);
        }

        Assert.Equal(status, Walked.Of(frame, frame.Length, LinkType.Ethernet).Status);
        VxlanChecksumResult result = Analysis.Only([frame]);
        Assert.Equal(cause, result.Cause);
        Assert.Equal(!outer, result.Explanation.Contains("not opened", StringComparison.Ordinal));
        Assert.DoesNotContain("no checksum was sent", string.Join('\n', result.Evidence.Select(static e => e.Text)),
            StringComparison.Ordinal);
    }

    /// <summary>The outer UDP checksum over the frame as it is: 34 + 6 is its place.</summary>
    private static byte[] Repaired(byte[] frame)
    {
        frame[40] = frame[41] = 0;
        long sum = 17 + frame.Length - 34;
        for (int i = 26; i < frame.Length; i++)
        {
            sum += (i & 1) == 0 ? frame[i] << 8 : frame[i];
        }

        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        (frame[40], frame[41]) = ((byte)(~sum >> 8), (byte)~sum);
        return frame;
    }
}

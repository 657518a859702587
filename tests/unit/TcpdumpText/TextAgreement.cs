using VxlanCsum.Captures.Files;
using Xunit;

namespace VxlanCsum.UnitTests.TcpdumpText;

/// <summary>
/// Packets read from text against the same packets walked. Equal but for what tcpdump does not print: no verdict on
/// what it
/// did not verify, no field and no lengths where it found nothing wrong.
/// </summary>
internal static class TextAgreement
{
    /// <param name="walked">The capture's.</param>
    /// <param name="read">The text's.</param>
    /// <param name="names">Names stand for addresses, so that ends cannot be compared.</param>
    public static void Check(IReadOnlyList<PacketChecksum> walked, IReadOnlyList<PacketChecksum> read,
        bool names = false)
    {
        Assert.Equal(walked.Count, read.Count);
        for (int i = 0; i < walked.Count; i++)
        {
            try
            {
                Check(walked[i], read[i], names);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                throw new InvalidOperationException($"packet {i + 1}: {error.Message}", error);
            }
        }
    }

    private static void Check(PacketChecksum walked, PacketChecksum read, bool names)
    {
        Assert.Equal(walked.FrameNumber, read.FrameNumber);
        Assert.Equal((walked.TunnelType, walked.Vni), (read.TunnelType, read.Vni));
        Assert.Equal(walked.Layers.Select(l => (l.Depth, l.Protocol)), read.Layers.Select(l => (l.Depth, l.Protocol)));
        if (!names)
        {
            Assert.Equal((walked.Source, walked.Destination), (read.Source, read.Destination));
            Assert.Equal((walked.OuterSource, walked.OuterDestination), (read.OuterSource, read.OuterDestination));
        }

        bool whole = true;
        foreach ((ChecksumLayer theirs, ChecksumLayer ours) in walked.Layers.Zip(read.Layers))
        {
            if (!names)
            {
                Assert.Equal((theirs.Source, theirs.Destination), (ours.Source, ours.Destination));
            }

            if (ours.Status == ChecksumStatus.Unverified)
            {
                whole = false;
                Assert.NotNull(ours.Reason);
                continue;
            }

            Assert.Equal(theirs.Status, ours.Status);
            Assert.True(ours.Length < 0 || theirs.Length == ours.Length,
                $"{ours}: length {ours.Length}, not {theirs.Length}");
            Assert.True(ours.Found is null || theirs.Found == ours.Found,
                $"{ours}: found {ours.Found}, not {theirs.Found}");
            Assert.True(ours.Expected is null || theirs.Expected == ours.Expected,
                $"{ours}: expected {ours.Expected}, not {theirs.Expected}");
            Assert.True(ours.Expected is null || theirs.ExpectedOnWire == ours.ExpectedOnWire,
                $"{ours}: on the wire {ours.ExpectedOnWire}, not {theirs.ExpectedOnWire}");
            Assert.Equal(-1, ours.Offset);
        }

        if (whole)
        {
            Assert.Equal((walked.Status, walked.Cause), (read.Status, read.Cause));
        }
    }
}

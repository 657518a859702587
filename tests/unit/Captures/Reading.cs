using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Clusters;
using VxlanCsum.Netfilter.Iptables;

namespace VxlanCsum.UnitTests.Captures;

/// <summary>A frame taken out of the reader's buffer, so that two readings can be compared.</summary>
internal sealed record FrameCopy(long Number, long Nanoseconds, uint WireLength, string Data, int Interface,
    LinkType LinkType, long FileOffset, string? Comment);

/// <summary>All that a capture gave, up to its end or its damage.</summary>
internal sealed record Reading(IReadOnlyList<FrameCopy> Frames, CaptureException? Error,
    IReadOnlyList<CaptureInterface> Interfaces, long Position)
{
    public const string Path = "test.pcap";

    public static Reading Of(byte[] capture) => Of(new MemoryStream(capture, writable: false));

    public static Reading Of(Stream stream)
    {
        CaptureReader reader;
        try
        {
            reader = CaptureReaderFactory.Open(stream, Path);
        }
        catch (CaptureException e)
        {
            return new Reading([], e, [], 0);
        }

        return Of(reader);
    }

    public static unsafe Reading Of(CaptureReader reader)
    {
        using (reader)
        {
            List<FrameCopy> frames = [];
            CaptureException? error = null;
            try
            {
                while (reader.TryRead(out CapturedFrame f))
                {
                    frames.Add(new FrameCopy(
                        f.Number, f.TimestampNanoseconds, f.WireLength,
                        Convert.ToHexString(new ReadOnlySpan<byte>(f.Data, f.CapturedLength)),
                        f.Interface.Index, f.Interface.LinkType, f.FileOffset, f.Comment));
                }
            }
            catch (CaptureException e)
            {
                error = e;
            }

            return new Reading(frames, error, reader.Interfaces, reader.Position);
        }
    }
}

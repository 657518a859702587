using VxlanCsum.UnitTests.Captures;
using VxlanCsum.UnitTests.Frames;
using Xunit;

namespace VxlanCsum.UnitTests.Tshark;

public sealed class CraftedFramesTsharkTests
{
    [Fact]
    public void EveryVerdictOnCraftedFramesEqualsTsharksOrDiffersForAReasonInTheDocs()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vxlancsum-");
        try
        {
            VerdictComparison comparison = new();
            foreach (IGrouping<(LinkType Link, bool BigEndian), CraftedFrame> link in CraftedFrames.All.GroupBy(
                f => (f.Link, f.BigEndian)))
            {
                PcapBuilder capture = new(link.Key.BigEndian, linkType: (uint)link.Key.Link);
                foreach (CraftedFrame frame in link)
                {
                    capture.Add(1, 0, frame.Bytes, wire: (uint)frame.Wire);
                }

                string path = Path.Combine(folder.FullName, $"{link.Key.Link}-{link.Key.BigEndian}.pcap");
                File.WriteAllBytes(path, capture.ToArray());
                comparison.Add(path, LiveTshark.ReadOrSkip(path));
            }

            TestContext.Current.TestOutputHelper?.WriteLine(comparison.ToString());
            Assert.Empty(comparison.Unexplained);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

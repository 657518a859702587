using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Repaired frames, judged by a second, plain reading of the RFCs.</summary>
public sealed class ChecksumRepairTests
{
    [Fact]
    public void NothingIsWrongAfterwardsThatCouldBeVerifiedWhateverTheDamage()
    {
        FrameMutator mutator = new(77);
        Dictionary<ChecksumProtocol, int> repaired = [];
        for (int round = 0; round < 40; round++)
        {
            foreach (CraftedFrame frame in CraftedFrames.All.Where(f => f.Wire < 2000 && f.Link != LinkType.Nflog))
            {
                byte[] mutated = round == 0 ? frame.Bytes : mutator.Mutate(frame.Bytes, frame.Wire);
                int wire = round == 0 ? frame.Wire : mutator.Wire;
                List<ReferenceLayer> before = ReferenceParser.Verdicts(mutated, wire, frame.Link);
                List<ReferenceLayer> after = ReferenceParser.Verdicts(
                    Repaired(mutated, wire, frame.Link, RepairTarget.All), wire, frame.Link);
                Assert.Equal(before.Select(l => l.Protocol), after.Select(l => l.Protocol));
                Assert.All(before.Zip(after), pair => Assert.True(
                    pair.Second.Status is ChecksumStatus.Good
                        || (pair.Second.Status == pair.First.Status && IsBeyondRepair(pair.First)),
                    $"{frame.Name}: {pair.First} became {pair.Second}\n{Convert.ToHexString(mutated)}"));
                foreach (ReferenceLayer layer in before.Where(
                    l => l.Status is ChecksumStatus.Bad or ChecksumStatus.Partial or ChecksumStatus.Illegal))
                {
                    repaired[layer.Protocol] = repaired.GetValueOrDefault(layer.Protocol) + 1;
                }
            }
        }

        Assert.Equal(Enum.GetValues<ChecksumProtocol>().Order(), repaired.Keys.Order());
    }

    [Fact]
    public void OnlyWhatIsMeantIsTouched()
    {
        foreach (string path in SampleCaptures.All)
        {
            using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(path), path);
            while (reader.TryRead(out CapturedFrame frame))
            {
                byte[] bytes = Bytes(in frame);
                Walked before = Walked.Of(bytes, (int)frame.WireLength, frame.Interface.LinkType);
                AssertTouched(before, bytes,
                    Repaired(bytes, (int)frame.WireLength, frame.Interface.LinkType, RepairTarget.Outer),
                    l => l.Depth == 0);
                AssertTouched(before, bytes,
                    Repaired(bytes, (int)frame.WireLength, frame.Interface.LinkType, RepairTarget.Inner),
                    l => l.Depth > 0);
            }
        }
    }

    /// <summary>Not there, or over bytes that are not all there; a seed is known as one by its header alone.</summary>
    private static bool IsBeyondRepair(ReferenceLayer layer) =>
        layer.Status is ChecksumStatus.NotPresent or ChecksumStatus.Unverified
            || layer is
            {
                Status: ChecksumStatus.Partial or ChecksumStatus.Bad or ChecksumStatus.Illegal,
                Expected: null
            };

    private static void AssertTouched(Walked before, byte[] bytes, byte[] after, Func<LayerRecord, bool> isMeant)
    {
        HashSet<int> fields = [.. before.Layers.Where(isMeant).SelectMany(l => new[] { l.Offset, l.Offset + 1 })];
        Assert.All(Enumerable.Range(0, bytes.Length).Where(i => bytes[i] != after[i]), i => Assert.Contains(i, fields));
    }

    private static unsafe byte[] Bytes(in CapturedFrame frame) =>
        new ReadOnlySpan<byte>(frame.Data, frame.CapturedLength).ToArray();

    private static unsafe byte[] Repaired(byte[] bytes, int wire, LinkType link, RepairTarget target)
    {
        byte[] kept = [.. bytes];
        fixed (byte* p = bytes)
        {
            CapturedFrame frame = new()
            {
                Data = p,
                CapturedLength = bytes.Length,
                WireLength = (uint)wire,
                Interface = new CaptureInterface("test", 0, null, link, 0)
            };
            CapturedFrame result = new ChecksumRepair(new TunnelPorts(), target).Apply(in frame);
            Assert.Equal(kept, bytes);
            return Bytes(in result);
        }
    }
}

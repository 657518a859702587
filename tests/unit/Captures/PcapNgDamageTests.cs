using VxlanCsum.Captures.Files;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Nftables;
using Xunit;
using static VxlanCsum.UnitTests.Captures.PcapDamageTests;

namespace VxlanCsum.UnitTests.Captures;

public sealed class PcapNgDamageTests
{
    private static readonly byte[] s_data = new byte[100];

    private static PcapNgBuilder Good(bool bigEndian = false) =>
        new PcapNgBuilder(bigEndian).Section().Interface().Enhanced(0, 1, s_data);

    [Theory]
    [InlineData(0x1a2b3c4c)]
    [InlineData(0)]
    public void WrongByteOrderMark(uint mark)
    {
        AssertError(new PcapNgBuilder().Section(byteOrder: mark).ToArray(), CaptureErrorId.WrongMagic, 0,
            "byte-order mark");
        PcapNgBuilder later = Good();
        int start = later.Length;
        AssertError(later.Section(byteOrder: mark).ToArray(), CaptureErrorId.BadBlock, start, "byte-order mark",
            frames: 1);
    }

    [Fact]
    public void UnknownVersion()
    {
        AssertError(new PcapNgBuilder().Section(major: 2).ToArray(), CaptureErrorId.BadBlock, 0, "version 2.0");
        AssertError(new PcapNgBuilder(true).Section(major: 2).ToArray(), CaptureErrorId.BadBlock, 0, "version 2.0");
    }

    [Theory]
    [InlineData(6u, 0xfffffffcu)]
    [InlineData(6u, 28u)]
    [InlineData(6u, 0u)]
    [InlineData(2u, 0xfffffffcu)]
    [InlineData(2u, 28u)]
    [InlineData(3u, 0xfffffffcu)]
    [InlineData(3u, 12u)]
    [InlineData(1u, 0xfffffffcu)]
    [InlineData(1u, 16u)]
    [InlineData(0x77u, 8u)]
    [InlineData(0x77u, 0u)]
    [InlineData(0x0a0d0d0au, 24u)]
    [InlineData(0x0a0d0d0au, 0xfffffffcu)]
    public void LengthsOutOfRange(uint type, uint length)
    {
        PcapNgBuilder builder = Good();
        int start = builder.Length;
        byte[] capture = builder.Block(type, b =>
        {
            b.U32(0x1a2b3c4d);
            b.U32(1);
            b.Bytes(new byte[60]);
        }, length).ToArray();
        AssertError(capture, CaptureErrorId.BadLength, start, $"claims {length} bytes", frames: 1);
    }

    [Fact]
    public void BlockOfFourGigabytesThatIsNotThere()
    {
        PcapNgBuilder builder = Good();
        int start = builder.Length;
        AssertError(builder.Block(0x77, b => b.U32(0), 0xfffffffc).ToArray(), CaptureErrorId.Truncated, start,
            "16 of 4294967292", frames: 1);
    }

    [Fact]
    public void BlockOfFourGigabytesIsSteppedOverInLittleMemory()
    {
        PcapNgBuilder head = Good();
        int start = head.Length;
        head.U32(0x77);
        head.U32(0xfffffffc);
        PcapNgBuilder tail = new();
        tail.U32(0xfffffffc);
        tail.Enhanced(0, 2, s_data);
        using SparseStream stream = new(head.ToArray(), 0xfffffffcL - 12, tail.ToArray());
        Reading reading = Reading.Of(stream);
        Assert.Null(reading.Error);
        Assert.Equal([28 + 20, start + 0xfffffffcL], reading.Frames.Select(f => f.FileOffset));
    }

    [Theory]
    [InlineData(6u)]
    [InlineData(1u)]
    [InlineData(0x77u)]
    public void LengthsThatDisagree(uint type)
    {
        PcapNgBuilder builder = Good();
        int start = builder.Length;
        byte[] capture = builder.Block(type, b => b.Bytes(new byte[60]), again: 80).Enhanced(0, 2, s_data).ToArray();
        AssertError(capture, CaptureErrorId.BadLength, start, "72 bytes at its beginning and 80 at its end", frames: 1);
    }

    [Theory]
    [InlineData(101u)]
    [InlineData(105u)]
    [InlineData(0xffffffffu)]
    [InlineData(0xfffffffdu)]
    public void CapturedLengthBeyondTheBlock(uint captured)
    {
        foreach (bool big in (bool[])[false, true])
        {
            PcapNgBuilder builder = Good(big);
            int start = builder.Length;
            AssertError(builder.Enhanced(0, 2, s_data, captured: captured).ToArray(), CaptureErrorId.BadLength, start,
                $"claims {captured} captured bytes", frames: 1);
        }
    }

    [Fact]
    public void SimplePacketLongerThanItsBlock()
    {
        PcapNgBuilder builder = Good();
        int start = builder.Length;
        AssertError(builder.Simple(s_data, wire: 101).ToArray(), CaptureErrorId.BadLength, start,
            "claims 101 captured bytes", frames: 1);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(0xffffffffu)]
    public void UndescribedInterface(uint id)
    {
        PcapNgBuilder builder = Good();
        int start = builder.Length;
        AssertError(builder.Enhanced(id, 2, s_data).ToArray(), CaptureErrorId.BadBlock, start, $"interface {id}",
            frames: 1);
        PcapNgBuilder second = Good();
        start = second.Section().Length;
        AssertError(second.Simple(s_data).ToArray(), CaptureErrorId.BadBlock, start, "described 0", frames: 1);
    }

    [Fact]
    public void InterfaceOptionBeyondTheBlock()
    {
        PcapNgBuilder builder = Good();
        int start = builder.Length;
        byte[] capture = builder.Block(1, b =>
        {
            b.U32(1);
            b.U32(0);
            b.U16(9);
            b.U16(200);
        }).ToArray();
        AssertError(capture, CaptureErrorId.BadBlock, start, "interface 1", frames: 1);
    }

    [Fact]
    public void TheErrorIsRepeatedNotSkipped()
    {
        byte[] capture = new PcapNgBuilder().Section().Interface().Block(0x77, b => b.Bytes(new byte[8]), again: 4)
            .Enhanced(0, 1, s_data).ToArray();
        using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(capture), Reading.Path);
        Assert.Equal(48, Assert.Throws<CaptureException>(() => reader.TryRead(out _)).Offset);
        Assert.Equal(48, Assert.Throws<CaptureException>(() => reader.TryRead(out _)).Offset);
    }

    private sealed class SparseStream(byte[] head, long zeros, byte[] tail) : MemoryStream
    {
        private long _at;

        public override int Read(Span<byte> buffer)
        {
            long count;
            if (_at < head.Length)
            {
                count = Math.Min(buffer.Length, head.Length - _at);
                head.AsSpan((int)_at, (int)count).CopyTo(buffer);
            }
            else if (_at < head.Length + zeros)
            {
                count = Math.Min(buffer.Length, head.Length + zeros - _at);
            }
            else
            {
                int from = (int)(_at - head.Length - zeros);
                count = Math.Min(buffer.Length, tail.Length - from);
                tail.AsSpan(from, (int)count).CopyTo(buffer);
            }

            _at += count;
            return (int)count;
        }
    }
}

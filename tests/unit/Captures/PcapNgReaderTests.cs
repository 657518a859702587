using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Nftables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

public sealed class PcapNgReaderTests
{
    private static readonly byte[] s_data = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryKindOfPacketBlockIsRead(bool bigEndian)
    {
        PcapNgBuilder builder = new PcapNgBuilder(bigEndian).Section()
            .Interface(linkType: 113, snapLength: 4, name: "eth0").Interface(linkType: 101, name: "vx");
        int first = builder.Length;
        byte[] capture = builder
            .Enhanced(1, 1_700_000_000_123_456, s_data, wire: 1500)
            .Simple([9, 8, 7, 6], wire: 60)
            .Simple([9, 8], wire: 2)
            .Obsolete(1, 1_700_000_001_000_000, s_data, wire: 77)
            .ToArray();

        Reading reading = Reading.Of(capture);

        Assert.Null(reading.Error);
        Assert.Equal(
            [
                new FrameCopy(1, 1_700_000_000_123_456_000, 1500, "0102030405", 1, LinkType.Raw, first, null),
                new FrameCopy(2, 0, 60, "09080706", 0, LinkType.LinuxSll, first + 40, null),
                new FrameCopy(3, 0, 2, "0908", 0, LinkType.LinuxSll, first + 60, null),
                new FrameCopy(4, 1_700_000_001_000_000_000, 77, "0102030405", 1, LinkType.Raw, first + 80, null),
            ],
            reading.Frames);
        Assert.Equal(
            [new CaptureInterface(Reading.Path, 0, "eth0", LinkType.LinuxSll, 4),
                new CaptureInterface(Reading.Path, 1, "vx", LinkType.Raw, 0)],
            reading.Interfaces);
        Assert.Equal(capture.Length, reading.Position);
    }

    [Fact]
    public void SectionsOfBothByteOrdersFollowEachOther()
    {
        byte[] capture = new PcapNgBuilder()
            .Section(bigEndian: false).Interface(1, name: "a").Enhanced(0, 1_000_000, [1])
            .Section(bigEndian: true, length: 40).Interface(101, name: "b", resolution: 9).Interface(228, name: "c")
            .Enhanced(1, 2_000_000, [2]).Enhanced(0, 3_000_000_000, [3])
            .Section(bigEndian: false).Interface(113, name: "d").Enhanced(0, 4_000_000, [4])
            .ToArray();

        Reading reading = Reading.Of(capture);

        Assert.Null(reading.Error);
        Assert.Equal([(1L, 1_000_000_000L, 0, LinkType.Ethernet), (2, 2_000_000_000, 2, LinkType.IPv4),
            (3, 3_000_000_000, 1, LinkType.Raw), (4, 4_000_000_000, 3, LinkType.LinuxSll)],
            reading.Frames.Select(f => (f.Number, f.Nanoseconds, f.Interface, f.LinkType)));
        Assert.Equal(["a", "b", "c", "d"], reading.Interfaces.Select(i => i.Name));
    }

    [Theory]
    [InlineData(null, null, 1_500_000, 1_500_000_000)]
    [InlineData((byte)0, null, 3, 3_000_000_000)]
    [InlineData((byte)3, null, 1500, 1_500_000_000)]
    [InlineData((byte)9, null, 1_500_000_001, 1_500_000_001)]
    [InlineData((byte)12, null, 1_500_000_001_999, 1_500_000_001)]
    [InlineData((byte)28, null, long.MaxValue, 0)]
    [InlineData((byte)29, null, long.MaxValue, 0)]
    [InlineData((byte)0x7f, null, long.MaxValue, 0)]
    [InlineData((byte)0x80, null, 3, 3_000_000_000)]
    [InlineData((byte)0x8a, null, (5 * 1024) + 512, 5_500_000_000)]
    [InlineData((byte)0xa0, null, 0x1_8000_0000, 1_500_000_000)]
    [InlineData((byte)0xbf, null, long.MaxValue, 999_999_999)]
    [InlineData((byte)0xff, null, long.MaxValue, 0)]
    [InlineData(null, 1_700_000_000L, 1, 1_700_000_000_000_001_000)]
    [InlineData(null, -10L, 1_000_000, -9_000_000_000)]
    [InlineData((byte)0x8a, -10L, 1024, -9_000_000_000)]
    [InlineData((byte)0, null, long.MaxValue, long.MaxValue)]
    [InlineData((byte)0, null, -1, long.MaxValue)]
    [InlineData((byte)9, null, long.MaxValue, long.MaxValue)]
    [InlineData((byte)9, 1L, long.MaxValue, long.MaxValue)]
    [InlineData((byte)9, 9_223_372_036L, 0, 9_223_372_036_000_000_000)]
    [InlineData((byte)9, 9_223_372_036L, 854_775_808, long.MaxValue)]
    [InlineData((byte)9, -9_223_372_036L, 5, -9_223_372_035_999_999_995)]
    [InlineData((byte)6, long.MaxValue, 0, long.MaxValue)]
    [InlineData((byte)6, long.MinValue, 0, long.MinValue)]
    [InlineData((byte)0, long.MinValue, long.MinValue, 0)]
    public void TimesFollowResolutionAndOffset(byte? resolution, long? offset, long ticks, long nanoseconds)
    {
        foreach (bool big in (bool[])[false, true])
        {
            Reading reading = Reading.Of(new PcapNgBuilder(big).Section()
                .Interface(resolution: resolution, offset: offset).Enhanced(0, (ulong)ticks, s_data).ToArray());
            Assert.Equal(nanoseconds, Assert.Single(reading.Frames).Nanoseconds);
        }
    }

    [Fact]
    public void CommentsAndNamesCannotCommandTheTerminal()
    {
        const string Evil = "red \u001b[31m\u009b\u202e\u0007 ok";
        byte[] capture = new PcapNgBuilder()
            .Section()
            .Interface(name: "eth\u001b]0;pwned\u0007\0\0")
            .Enhanced(0, 1, s_data,
                options: [(2, [1, 0, 0, 0]), (1, Encoding.UTF8.GetBytes(Evil)), (1, "second"u8.ToArray())])
            .Obsolete(0, 2, s_data, null, (1, "old \r\n"u8.ToArray()))
            .Enhanced(0, 3, s_data, options: [(1, [0xff, 0xfe, (byte)'x'])])
            .Enhanced(0, 4, s_data, options: [(2, [1, 0, 0, 0])])
            .ToArray();

        Reading reading = Reading.Of(capture);

        Assert.Null(reading.Error);
        Assert.Equal("eth\\x1b]0;pwned\\x07", reading.Interfaces[0].Name);
        Assert.Equal(["red \\x1b[31m\\x9b\\u202e\\x07 ok; second", "old \\x0d\\x0a", "\ufffd\ufffdx", null],
            reading.Frames.Select(f => f.Comment));
    }

    [Fact]
    public void CommentsInMassesStayBounded()
    {
        (ushort, byte[])[] options = [
            .. Enumerable.Repeat(((ushort)1, "\u0001\u0001\u0001\u0001"u8.ToArray()), 500_000)];
        Reading reading = Reading.Of(new PcapNgBuilder().Section().Interface().Enhanced(0, 1, s_data, options: options)
            .ToArray());
        Assert.InRange(Assert.Single(reading.Frames).Comment!.Length, 65_536, 70_000);
    }

    [Fact]
    public void OtherBlocksAreSteppedOver()
    {
        byte[] capture = new PcapNgBuilder()
            .Section(options: [(2, "hardware"u8.ToArray()), (4, "dumpcap"u8.ToArray())])
            .Block(4, b => b.Bytes(new byte[300]))
            .Interface()
            .Block(5, b => b.Bytes(new byte[12]))
            .Block(10, b => b.Bytes(new byte[700_000]))
            .Block(0x1234_5678, _ => { })
            .Enhanced(0, 1, s_data)
            .Block(0xffff_ffff, b => b.Bytes(new byte[3]))
            .ToArray();
        Assert.Equal([1L], Reading.Of(capture).Frames.Select(f => f.Number));
        Assert.Null(Reading.Of(new TrickleStream(capture, 5)).Error);
    }

    [Theory]
    [InlineData(9u)]
    [InlineData(0xbadu)]
    [InlineData(0x40000badu)]
    [InlineData(0x204u)]
    public void BlocksThatWiresharkNumbersAreNumbered(uint type)
    {
        byte[] capture = new PcapNgBuilder().Section().Interface().Enhanced(0, 1, s_data)
            .Block(type, b => b.Bytes(new byte[40])).Enhanced(0, 2, s_data).ToArray();
        Assert.Equal([1L, 3], Reading.Of(capture).Frames.Select(f => f.Number));
    }

    [Fact]
    public void UnpaddedBlocksOfSloppyWritersAreRead()
    {
        PcapNgBuilder builder = new PcapNgBuilder().Section().Interface();
        foreach (byte frame in (byte[])[1, 2])
        {
            foreach (uint field in (uint[])[6, 37, 0, 0, frame, 5, 5])
            {
                builder.U32(field);
            }

            builder.Bytes(s_data);
            builder.U32(37);
        }

        Reading reading = Reading.Of(builder.ToArray());
        Assert.Null(reading.Error);
        Assert.Equal(["0102030405", "0102030405"], reading.Frames.Select(f => f.Data));
    }

    [Fact]
    public void DamagedPacketOptionsLeaveTheFrame()
    {
        byte[] options = [1, 0, 2, 0, (byte)'h', (byte)'i', 0, 0, 1, 0, 0xff, 0xff];
        byte[] capture = new PcapNgBuilder().Section().Interface()
            .Block(6, b =>
            {
                foreach (uint field in (uint[])[0, 0, 7, 4, 4, 0xaabbccdd])
                {
                    b.U32(field);
                }

                b.Bytes(options);
            }).ToArray();
        FrameCopy frame = Assert.Single(Reading.Of(capture).Frames);
        Assert.Equal(("DDCCBBAA", "hi"), (frame.Data, frame.Comment));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 4093)]
    [InlineData(true, 4093)]
    [InlineData(false, 1 << 20)]
    public void ReadingInAnyPiecesGivesTheSame(bool bigEndian, int chunk)
    {
        byte[] capture = Mixed(bigEndian, 900);
        Reading whole = Reading.Of(capture);
        Assert.Null(whole.Error);
        Assert.Equal(900, whole.Frames.Count);
        Assert.Equal(whole.Frames, Reading.Of(new TrickleStream(capture, chunk)).Frames);
    }

    [Fact]
    public void BothByteOrdersSayTheSame() =>
        Assert.Equal(Reading.Of(Mixed(false, 500)).Frames, Reading.Of(Mixed(true, 500)).Frames);

    [Fact]
    public void InterfacesInMassesStayBounded()
    {
        PcapNgBuilder builder = new PcapNgBuilder().Section();
        for (int i = 0; i <= PcapNgReader.MaxInterfaces; i++)
        {
            builder.U32(1);
            builder.U32(20);
            builder.U32(1);
            builder.U32(0);
            builder.U32(20);
        }

        Reading reading = Reading.Of(builder.Enhanced(0, 1, s_data).ToArray());
        Assert.Equal(CaptureErrorId.BadBlock, reading.Error!.ErrorId);
        Assert.Equal(28 + (20L * PcapNgReader.MaxInterfaces), reading.Error.Offset);
    }

    /// <summary>Blocks of all kinds, with and without options and comments, three interfaces.</summary>
    internal static byte[] Mixed(bool bigEndian, int packets, int longest = 2000)
    {
        Random random = new(5);
        PcapNgBuilder builder = new PcapNgBuilder(bigEndian).Section()
            .Interface(1, 0, "eth0", 9).Interface(113, 0, "any").Interface(101, 0, null, 0x94, 1_000_000_000);
        for (int i = 0; i < packets; i++)
        {
            byte[] data = new byte[random.Next(longest)];
            random.NextBytes(data);
            ulong ticks = 1_700_000_000_000_000 + ((ulong)i * 1000);
            uint wire = (uint)(data.Length + random.Next(2));
            uint source = (uint)random.Next(3);
            _ = random.Next(8) switch
            {
                0 => builder.Simple(data),
                1 => builder.Obsolete((ushort)source, ticks, data, wire),
                2 => builder.Enhanced(source, ticks, data, wire, options: [(1, Encoding.UTF8.GetBytes($"packet {i}"))]),
                3 => builder.Block(4, b => b.Bytes(new byte[8])).Enhanced(source, ticks, data, wire),
                _ => builder.Enhanced(source, ticks, data, wire),
            };
        }

        return builder.ToArray();
    }
}

using System.Buffers.Binary;
using VxlanCsum.Drops;
using Xunit;

namespace VxlanCsum.UnitTests.Drops;

/// <summary>The packet is put together again, wherever the kernel stood in it.</summary>
public sealed class DropRecordTests
{
    private static readonly byte[] s_packet = [.. Enumerable.Range(0, 150).Select(static i => (byte)i)];

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(88)]
    [InlineData(-14)]
    public void ThePacketBeginsWithItsIpHeader(int passed)
    {
        byte[] packet = new byte[300];
        Assert.True(DropRecord.TryRead(Record(passed, 150 - passed), out DropRecord record));
        int length = record.CopyPacket(packet, out uint wire);
        Assert.Equal(150, length);
        Assert.Equal(150u, wire);
        Assert.Equal(s_packet, packet[..length]);
    }

    [Fact]
    public void BehindMoreHeadersThanAreKeptNothingIsJoined()
    {
        byte[] packet = new byte[300];
        Assert.True(DropRecord.TryRead(Record(100, 50), out DropRecord record));
        Assert.Equal(DropRecord.HeaderSize, record.CopyPacket(packet, out uint wire));
        Assert.Equal(150u, wire);
    }

    [Fact]
    public void FieldsAreRead()
    {
        Assert.True(DropRecord.TryRead(Record(20, 130), out DropRecord record));
        Assert.Equal((7ul, 0xffffffff81000010, 11, 3, 4026531840),
            (record.Time, record.Location, record.Reason, record.Interface, record.NetworkNamespace));
        Assert.False(DropRecord.TryRead(new byte[DropRecord.Size - 1], out _));
    }

    [Theory]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(int.MaxValue, int.MinValue)]
    [InlineData(-1000, 10)]
    [InlineData(5, -1)]
    public void NonsenseIsNoHarm(int passed, int length)
    {
        Assert.True(DropRecord.TryRead(Record(20, 130, passed, length), out DropRecord record));
        Assert.InRange(record.CopyPacket(new byte[ushort.MaxValue + 1], out _), 0, 150);
    }

    private static byte[] Record(int passed, int length, int? saidPassed = null, int? saidLength = null)
    {
        // The rings round up: seven bytes of nobody's behind it.
        byte[] bytes = new byte[DropRecord.Size + length + 7];
        bytes.AsSpan(DropRecord.Size + length).Fill(0xee);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 7);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(DropRecord.LocationAt), 0xffffffff81000010);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DropRecord.ReasonAt), 11);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DropRecord.LengthAt), saidLength ?? length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DropRecord.InterfaceAt), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(DropRecord.NamespaceAt), 4026531840);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(DropRecord.PassedAt), saidPassed ?? passed);
        s_packet.AsSpan(0, DropRecord.HeaderSize).CopyTo(bytes.AsSpan(DropRecord.HeaderAt));
        for (int i = 0; i < length; i++)
        {
            bytes[DropRecord.Size + i] = passed + i >= 0 ? s_packet[passed + i] : (byte)0xdd;
        }

        return bytes;
    }
}

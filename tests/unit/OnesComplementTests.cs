using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests;

public sealed class OnesComplementTests
{
    [Fact]
    public void SumEqualsTheDefinitionForEveryLengthAndAlignment()
    {
        byte[] bytes = new byte[700];
        new Random(7).NextBytes(bytes);
        for (int start = 0; start < 5; start++)
        {
            for (int length = 0; length < 600; length++)
            {
                ReadOnlySpan<byte> span = bytes.AsSpan(start, length);
                Assert.Equal(Definition(span), OnesComplement.Sum(span));
            }
        }
    }

    [Fact]
    public void CarriesOfAllOnesDoNotOverflow() =>
        Assert.Equal(0xffff, OnesComplement.Sum(Enumerable.Repeat((byte)0xff, 1 << 20).ToArray()));

    private static ushort Definition(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)sum;
    }
}

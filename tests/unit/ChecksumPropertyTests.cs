using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using VxlanCsum.Checksums;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests;

/// <summary>
/// What one's-complement arithmetic promises, for bytes by chance: some thousand cases here, as many as wanted with
/// VXLANCSUM_CASES. 0 and 0xffff are one number in it, which is where mistakes hide: one case in four is made of them.
/// </summary>
public sealed class ChecksumPropertyTests
{
    private static readonly Random s_random = new(20261130);

    private static int Cases => int.TryParse(Environment.GetEnvironmentVariable("VXLANCSUM_CASES"),
        NumberStyles.None, CultureInfo.InvariantCulture, out int cases) ? cases : 5_000;

    [Fact]
    public void A_sum_is_that_of_its_parts_wherever_they_are_cut() => Each(static bytes =>
    {
        int cut = s_random.Next(bytes.Length + 1);
        ushort first = OnesComplement.Sum(bytes.AsSpan()[..cut]),
            second = OnesComplement.AtOffset(OnesComplement.Sum(bytes.AsSpan()[cut..]), cut);
        AssertSame(OnesComplement.Sum(bytes), OnesComplement.Fold((ulong)first + second), bytes);
    });

    [Fact]
    public void What_is_subtracted_comes_back() => Each(static bytes =>
    {
        ushort all = OnesComplement.Sum(bytes), part = Word(bytes);
        AssertSame(all, OnesComplement.Fold((ulong)OnesComplement.Subtract(all, part) + part), bytes);
    });

    [Fact]
    public void A_word_that_changes_changes_the_sum_by_their_difference() => Each(static bytes =>
    {
        int at = s_random.Next(bytes.Length / 2) * 2;
        byte[] changed = [.. bytes];
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(at), Word(bytes));
        ushort old = OnesComplement.Sum(bytes.AsSpan(at, 2)),
            now = OnesComplement.Sum(changed.AsSpan(at, 2)),
            before = OnesComplement.Sum(bytes);
        ushort after = OnesComplement.Fold((ulong)OnesComplement.Subtract(before, old) + now);
        AssertSame(OnesComplement.Sum(changed), after, bytes);
    });

    [Fact]
    public void With_its_checksum_in_it_a_message_sums_to_all_ones() => Each(static bytes =>
    {
        bytes[0] = bytes[1] = 0;
        ushort checksum = (ushort)~OnesComplement.Sum(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checksum);
        Assert.Equal(0xffff, OnesComplement.Sum(bytes) is 0 ? 0xffff : OnesComplement.Sum(bytes));
    });

    [Fact]
    public void The_fast_sum_is_the_plain_one() => Each(static bytes =>
    {
        ulong plain = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            plain += (ulong)bytes[i] << (i % 2 == 0 ? 8 : 0);
        }

        AssertSame(OnesComplement.Fold(plain), OnesComplement.Sum(bytes), bytes);
    });

    [Fact]
    public void The_addresses_that_a_seed_implies_are_those_of_the_packet() => Each(static bytes =>
    {
        int size = bytes.Length % 2 == 0 ? 4 : 16;
        IPAddress source = Address(bytes, size), destination = Address([.. bytes.Reverse()], size);
        uint length = Word(bytes);
        ushort seed = PseudoHeader.Seed(source, destination, 17, length);
        AssertSame(PseudoHeader.AddressSum(source),
            PseudoHeader.ImpliedAddressSum(seed, PseudoHeader.AddressSum(destination), 17, length), bytes);
        AssertSame(seed, PseudoHeader.Seed(destination, source, 17, length), bytes);
    });

    private static IPAddress Address(byte[] bytes, int size)
    {
        byte[] address = new byte[size];
        bytes.AsSpan(0, Math.Min(size, bytes.Length)).CopyTo(address);
        return new IPAddress(address);
    }

    /// <summary>0 and 0xffff are the same number.</summary>
    private static void AssertSame(ushort expected, ushort actual, byte[] bytes) =>
        Assert.True(expected % 0xffff == actual % 0xffff, $"{expected:x4} {actual:x4} {Convert.ToHexString(bytes)}");

    private static ushort Word(byte[] bytes) => s_random.Next(4) switch
    {
        0 => 0,
        1 => 0xffff,
        _ => (ushort)(bytes[0] * 257 + s_random.Next(0x10000)),
    };

    private static void Each(Action<byte[]> holds)
    {
        for (int i = 0; i < Cases; i++)
        {
            byte[] bytes = new byte[s_random.Next(2, 300)];
            if (i % 4 == 0)
            {
                bytes.AsSpan().Fill((byte)(i % 8 == 0 ? 0 : 0xff));
                bytes[s_random.Next(bytes.Length)] ^= (byte)s_random.Next(3);
            }
            else
            {
                s_random.NextBytes(bytes);
            }

            holds(bytes);
        }
    }
}

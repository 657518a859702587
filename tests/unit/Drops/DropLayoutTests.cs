using VxlanCsum.Drops;
using Xunit;

namespace VxlanCsum.UnitTests.Drops;

/// <summary>Where fields stand in kernels of several ages, as pahole reads it.</summary>
public sealed class DropLayoutTests
{
    private const string Running = "/sys/kernel/btf/vmlinux";

    [Theory]
    [InlineData("debian-5.10.251", new short[] { 112, 192, 200, 180, 178, 16, 256, 1264, 144 }, "")]
    [InlineData("debian-6.1.176", new short[] { 112, 200, 208, 184, 182, 16, 216, 1272, 144 },
        "4 TCP_CSUM, 6 UDP_CSUM, 9 IP_CSUM, 50 SKB_CSUM, 60 ICMP_CSUM")]
    [InlineData("debian-6.12.117", new short[] { 112, 200, 208, 184, 182, 16, 224, 280, 136 },
        "9 TCP_CSUM, 10 UDP_CSUM, 13 IP_CSUM, 65 SKB_CSUM, 76 ICMP_CSUM")]
    [InlineData("6.18.44", new short[] { 112, 192, 200, 180, 178, 16, 224, 264, 176 },
        "10 TCP_CSUM, 11 UDP_CSUM, 14 IP_CSUM, 75 SKB_CSUM, 85 ICMP_CSUM")]
    public void FieldsAndReasonsStandWhereTheKernelHasThem(string kernel, short[] offsets, string reasons)
    {
        DropLayout layout = Read(kernel);
        Assert.Equal(offsets, Offsets(layout));
        Assert.Equal(reasons, Reasons(layout));
        Assert.Equal(reasons.Length > 0, layout.TellsReason);
        Assert.NotEqual(0, layout.TracepointType);
    }

    [Fact]
    public void AnExcerptReadsLikeTheWhole()
    {
        Assert.SkipUnless(File.Exists(Running), $"needs {Running}: a kernel built with CONFIG_DEBUG_INFO_BTF");
        byte[] whole = File.ReadAllBytes(Running), excerpt = BtfExcerpt.Of(whole);
        DropLayout of = DropLayout.Read(BtfTypes.Parse(whole)), from = DropLayout.Read(BtfTypes.Parse(excerpt));
        Assert.Equal(Offsets(of), Offsets(from));
        Assert.Equal(Reasons(of), Reasons(from));
        Assert.InRange(excerpt.Length, 1, 64 * 1024);
    }

    [Fact(Explicit = true)]
    public void RecordAnExcerpt() =>
        File.WriteAllBytes(Environment.GetEnvironmentVariable("VXLANCSUM_BTF_EXCERPT")!,
            BtfExcerpt.Of(File.ReadAllBytes(Environment.GetEnvironmentVariable("VXLANCSUM_BTF")!)));

    [Fact]
    public void WhateverIsDamagedIsSaidToBe()
    {
        byte[] good = File.ReadAllBytes(TestData.PathOf("btf", "debian-6.1.176.btf"));
        var random = new Random(18);
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = random.Next(4) == 0 ? good[..random.Next(good.Length)] : (byte[])good.Clone();
            for (int flips = random.Next(1, 8); flips > 0 && bad.Length > 0; flips--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                DropLayout.Read(BtfTypes.Parse(bad));
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        Assert.NotEqual(0, refused);
    }

    [Fact]
    public void WithoutATracepointThereIsNoLayout()
    {
        byte[] bytes = File.ReadAllBytes(TestData.PathOf("btf", "debian-6.1.176.btf"));
        int name = bytes.AsSpan().IndexOf("btf_trace_kfree_skb"u8);
        bytes[name] = (byte)'x';
        FormatException problem = Assert.Throws<FormatException>(() => DropLayout.Read(BtfTypes.Parse(bytes)));
        Assert.Equal("it has no tracepoint kfree_skb", problem.Message);
    }

    internal static DropLayout Read(string kernel) =>
        DropLayout.Read(BtfTypes.Parse(File.ReadAllBytes(TestData.PathOf("btf", kernel + ".btf"))));

    private static short[] Offsets(DropLayout l) =>
        [l.Length, l.Head, l.Data, l.NetworkHeader, l.TransportHeader, l.Device, l.InterfaceIndex, l.Net,
            l.NamespaceNumber];

    private static string Reasons(DropLayout layout) =>
        string.Join(", ", layout.Reasons.OrderBy(static r => r.Key).Select(static r => $"{r.Key} {r.Value}"));
}

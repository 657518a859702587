using System.Diagnostics;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Netfilter.Iptables;
using Xunit;

namespace VxlanCsum.UnitTests.Captures;

[Collection(nameof(Alone))]
public sealed class PcapDamageTests
{
    private static readonly byte[] s_data = new byte[100];

    [Fact]
    public void NothingAtAllIsEmpty() => AssertError([], CaptureErrorId.Empty, 0, "empty");

    [Theory]
    [InlineData("snoop\0\0\0\0\0\0\x02\0\0\0\x04", "snoop")]
    [InlineData("10:00:00.000000 IP 10.0.10.14.33742 > 10.0.10.10.4789: VXLAN", "ConvertFrom-TcpdumpText")]
    [InlineData("BZh91AY&SY", "bzip2 -d")]
    [InlineData("\x01", "begins with 01")]
    [InlineData("\x7f\x45\x4c\x46\x02\x01\x01", "pcapng")]
    public void OtherFilesAreNamed(string content, string hint)
    {
        CaptureException e = AssertError(Encoding.Latin1.GetBytes(content), CaptureErrorId.WrongMagic, 0, hint);
        Assert.DoesNotContain(e.Message, c => char.IsControl(c));
    }

    [Fact]
    public void ErfIsNamed() =>
        AssertError([1, 2, 3, 4, 0x11, 0x22, 0x33, 0x5c, 2, 4, 0, 0x60, 0, 0, 0, 0x52, 0, 0], CaptureErrorId.WrongMagic,
            0, "ERF");

    [Fact]
    public void ZstdIsNamed() => AssertError([0x28, 0xb5, 0x2f, 0xfd, 4, 0], CaptureErrorId.WrongMagic, 0, "zstd -d");

    [Fact]
    public void CutInTheHeaderSaysHowMuchIsThere()
    {
        byte[] header = new PcapBuilder().ToArray();
        for (int length = 1; length < header.Length; length++)
        {
            AssertError(header[..length], CaptureErrorId.Truncated, 0, $"{length} of 24");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CutInARecordNamesTheRecordsOffset(bool modified)
    {
        byte[] capture = new PcapBuilder(modified: modified).Add(1, 0, s_data).Add(2, 0, s_data).ToArray();
        int header = modified ? 24 : 16;
        int second = 24 + header + s_data.Length;
        Assert.Equal(CaptureErrorId.Truncated, Reading.Of(capture[..(second + 5)]).Error!.ErrorId);
        CaptureException inHeader = AssertError(capture[..(second + 5)], CaptureErrorId.Truncated, second,
            $"a record's header (5 of {header}", frames: 1);
        Assert.StartsWith($"{Reading.Path}: byte {second}: ", inHeader.Message, StringComparison.Ordinal);
        AssertError(capture[..(second + header + 7)], CaptureErrorId.Truncated, second, "a record (7 of 100",
            frames: 1);
    }

    [Theory]
    [InlineData(0xffffffffu)]
    [InlineData(0x80000000u)]
    [InlineData(16 * 1024 * 1024 + 1u)]
    [InlineData(1_000_000u)]
    public void LyingLengthIsRefusedWithoutMemory(uint captured)
    {
        byte[] capture = new PcapBuilder().Add(1, 0, s_data).Add(2, 0, s_data, captured: captured).ToArray();
        long before = Process.GetCurrentProcess().PrivateMemorySize64;
        AssertError(capture, CaptureErrorId.BadLength, 24 + 16 + 100, $"claims {captured}", frames: 1);
        Assert.InRange(Process.GetCurrentProcess().PrivateMemorySize64 - before, long.MinValue, 256L << 20);
    }

    [Fact]
    public void TheErrorIsRepeatedNotSkipped()
    {
        byte[] capture = new PcapBuilder().Add(1, 0, s_data, captured: 0xffffffff).ToArray();
        using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(capture), Reading.Path);
        Assert.Equal(24, Assert.Throws<CaptureException>(() => reader.TryRead(out _)).Offset);
        Assert.Equal(24, Assert.Throws<CaptureException>(() => reader.TryRead(out _)).Offset);
    }

    [Fact]
    public void WhatTheSystemRefusesIsUnreadable()
    {
        Reading reading = Reading.Of(new FailingStream(PcapReaderTests.Mixed(3000, 300)));
        Assert.Equal(CaptureErrorId.Unreadable, reading.Error!.ErrorId);
        Assert.NotEmpty(reading.Frames);
        Assert.IsType<IOException>(reading.Error.InnerException);
    }

    [Fact]
    public void RefusalOfTheFirstReadIsNotAnEmptyFile()
    {
        Reading reading = Reading.Of(new FailingStream([]));
        Assert.Equal(CaptureErrorId.Unreadable, reading.Error!.ErrorId);
    }

    internal static CaptureException AssertError(byte[] capture, string errorId, long offset, string says,
        int frames = 0)
    {
        Reading reading = Reading.Of(capture);
        CaptureException error = Assert.IsType<CaptureException>(reading.Error);
        Assert.Equal((errorId, offset, Reading.Path, frames),
            (error.ErrorId, error.Offset, error.Path, reading.Frames.Count));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        return error;
    }

    private sealed class FailingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) =>
            Position < Length ? base.Read(buffer) : throw new IOException("Input/output error");
    }
}

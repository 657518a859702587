using VxlanCsum.Node.Pcap;
using Xunit;

namespace VxlanCsum.UnitTests.Pcap;

public sealed unsafe class FrameQueueTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(256, false)]
    [InlineData(256, true)]
    public void EveryFrameArrivesOnceInOrderAndWhole(int blocks, bool slowStart)
    {
        const int Count = 20_000;
        using var queue = new FrameQueue(blocks);
        var writer = new Thread(() =>
        {
            byte[] bytes = new byte[70_000];
            fixed (byte* data = bytes)
            {
                for (int i = 0; i < Count; i++)
                {
                    int length = Length(i);
                    new Span<byte>(data, length).Fill((byte)i);
                    while (!queue.TryWrite(i * 3L, (uint)i, data, length, 10))
                    {
                    }

                    if (i % 1000 == 0)
                    {
                        queue.HandOver();
                    }
                }
            }

            queue.Complete();
        });
        if (slowStart)
        {
            writer.Start();
            writer.Join();
        }
        else
        {
            writer.Start();
        }

        for (int i = 0; i < Count; i++)
        {
            FrameQueueRead read;
            QueuedFrame frame;
            while ((read = queue.Read(20, TestContext.Current.CancellationToken, out frame)) == FrameQueueRead.Nothing)
            {
            }

            Assert.Equal(FrameQueueRead.Frame, read);
            Assert.Equal((i * 3L, (uint)i, Length(i)), (frame.Time, frame.WireLength, frame.Length));
            Assert.False(new ReadOnlySpan<byte>(frame.Data, frame.Length).ContainsAnyExcept((byte)i));
        }

        // The writer may have handed the last frame over and not yet said that it is done.
        Assert.Equal(FrameQueueRead.End, queue.Read(60_000, TestContext.Current.CancellationToken, out _));
        Assert.Equal(FrameQueueRead.End, queue.Read(0, TestContext.Current.CancellationToken, out _));
        writer.Join();
    }

    [Fact]
    public void WithoutRoomTheWriterIsToldAndNothingIsOverwritten()
    {
        using var queue = new FrameQueue(1);
        byte[] bytes = new byte[262_144];
        fixed (byte* data = bytes)
        {
            int written = 0;
            while (queue.TryWrite(written, 0, data, bytes.Length, 0))
            {
                written++;
            }

            Assert.Equal(3, written);
            for (int i = 0; i < written; i++)
            {
                Assert.Equal(FrameQueueRead.Frame,
                    queue.Read(0, TestContext.Current.CancellationToken, out QueuedFrame frame));
                Assert.Equal(i, frame.Time);
            }

            Assert.Equal(FrameQueueRead.Nothing, queue.Read(0, TestContext.Current.CancellationToken, out _));
            Assert.True(queue.TryWrite(9, 0, data, 1, 0));
        }
    }

    [Fact]
    public void CancellingEndsTheWaiting()
    {
        using var queue = new FrameQueue(1);
        using var cancelled = new CancellationTokenSource(50);
        Assert.ThrowsAny<OperationCanceledException>(() => queue.Read(Timeout.Infinite, cancelled.Token, out _));
    }

    /// <summary>Mostly short, now and then as long as they come.</summary>
    private static int Length(int i) => i % 500 == 7 ? 65_600 : i * 37 % 1500;
}

using System.Runtime.InteropServices;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Drops;

/// <summary>What programs write on one processor, in a ring that the kernel fills and we empty.</summary>
internal sealed unsafe class PerfRing : IDisposable
{
    // struct perf_event_mmap_page, and struct perf_event_header: PERF_RECORD_SAMPLE.
    private const int HeadAt = 1024, TailAt = 1032, HeaderLength = 8, SizeAt = 6;
    private const uint Sample = 9;

    private readonly DescriptorHandle _output;
    private readonly byte* _pages;
    private readonly int _pageSize, _size;

    /// <summary>For records that go over the ring's end.</summary>
    private readonly byte[] _joined = new byte[1 << 16];

    private PerfRing(DescriptorHandle output, byte* pages, int pageSize, int size)
    {
        _output = output;
        _pages = pages;
        _pageSize = pageSize;
        _size = size;
    }

    /// <summary>Takes a record's own bytes, which are valid only meanwhile.</summary>
    public delegate void Taker(ReadOnlySpan<byte> record);

    public int Descriptor => _output.Number;

    /// <summary>Opens a processor's ring.</summary>
    /// <param name="processor">Its number.</param>
    /// <param name="size">Bytes, a power of two; half as many where so many may not be locked.</param>
    /// <returns>Null, and errno, where it cannot be.</returns>
    public static PerfRing? Open(int processor, int size)
    {
        int pageSize = Environment.SystemPageSize;
        DescriptorHandle output = BpfCalls.OpenOutput(processor, size / 4);
        if (output.IsInvalid)
        {
            output.Dispose();
            return null;
        }

        for (; size >= pageSize; size /= 2)
        {
            nint pages = Libc.Map(output, (nuint)(pageSize + size));
            if (pages != -1)
            {
                return new PerfRing(output, (byte*)pages, pageSize, size);
            }
        }

        int error = Marshal.GetLastPInvokeError();
        output.Dispose();
        Marshal.SetLastPInvokeError(error);
        return null;
    }

    /// <summary>Has the kernel write here what programs on this processor write.</summary>
    public bool Join(DescriptorHandle map, int processor) =>
        BpfCalls.Update(map, processor, _output.Number) && BpfCalls.Enable(_output);

    /// <summary>Takes all records that are there.</summary>
    public void Drain(Taker take)
    {
        ulong head = Volatile.Read(ref *(ulong*)(_pages + HeadAt));
        ulong tail = *(ulong*)(_pages + TailAt);
        while (tail < head)
        {
            // A record's header does not go over the end: records are multiples of eight bytes.
            byte* at = _pages + _pageSize + (int)(tail & (ulong)(_size - 1));
            uint type = *(uint*)at;
            int length = *(ushort*)(at + SizeAt);
            if (length < HeaderLength)
            {
                // Nothing behind it can be found.
                tail = head;
                break;
            }

            ReadOnlySpan<byte> record = Record(tail, length);
            if (type == Sample)
            {
                int raw = MemoryMarshal.Read<int>(record[HeaderLength..]);
                take(record.Slice(HeaderLength + sizeof(int), Math.Clamp(raw, 0, length - HeaderLength - sizeof(int))));
            }

            tail += (uint)length;

            // At once, so that the place is free while the next one is looked at.
            Volatile.Write(ref *(ulong*)(_pages + TailAt), tail);
        }

        Volatile.Write(ref *(ulong*)(_pages + TailAt), tail);
    }

    public void Dispose()
    {
        _ = Libc.Unmap((nint)_pages, (nuint)(_pageSize + _size));
        _output.Dispose();
    }

    private ReadOnlySpan<byte> Record(ulong tail, int length)
    {
        int start = (int)(tail & (ulong)(_size - 1)), first = Math.Min(length, _size - start);
        byte* data = _pages + _pageSize;
        if (first == length)
        {
            return new ReadOnlySpan<byte>(data + start, length);
        }

        new ReadOnlySpan<byte>(data + start, first).CopyTo(_joined);
        new ReadOnlySpan<byte>(data, length - first).CopyTo(_joined.AsSpan(first));
        return _joined.AsSpan(0, length);
    }
}

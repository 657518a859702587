using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Drops;

namespace VxlanCsum.Node.Drops;

/// <summary>What was fetched at once from all rings, in the order of its times.</summary>
internal sealed unsafe class DropBatch : IDisposable
{
    private const int LongestPacket = ushort.MaxValue + 1, FirstCapacity = 1 << 20;

    private readonly List<Drop> _drops = [];
    private byte* _bytes = (byte*)NativeMemory.Alloc(FirstCapacity);
    private nuint _capacity = FirstCapacity, _used;
    private int _next;

    /// <summary>When the machine was booted: since 1970, in nanoseconds.</summary>
    public long BootTime { get; set; }

    public int Count => _drops.Count;

    /// <summary>The drop at hand.</summary>
    public Drop Current { get; private set; }

    /// <summary>Its packet.</summary>
    public CapturedFrame Frame => FrameOf(Current);

    /// <summary>Goes to the next drop; false behind the last.</summary>
    public bool Next()
    {
        if (_next >= _drops.Count)
        {
            return false;
        }

        Current = _drops[_next++];
        return true;
    }

    public void Clear()
    {
        _drops.Clear();
        (_used, _next) = (0, 0);
    }

    /// <summary>Adds a drop.</summary>
    /// <returns>Its packet, valid until the next one is added.</returns>
    public CapturedFrame Add(in DropRecord record)
    {
        if (_capacity - _used < LongestPacket)
        {
            _capacity *= 2;
            _bytes = (byte*)NativeMemory.Realloc(_bytes, _capacity);
        }

        int length = record.CopyPacket(new Span<byte>(_bytes + _used, LongestPacket), out uint wire);
        var drop = new Drop(BootTime + (long)record.Time, record.Reason, record.Location, record.Interface, _used,
            length, wire);
        _drops.Add(drop);
        _used += (nuint)length;
        return FrameOf(drop);
    }

    /// <summary>The drop added last is not wanted.</summary>
    public void TakeBack()
    {
        _used -= (nuint)_drops[^1].Length;
        _drops.RemoveAt(_drops.Count - 1);
    }

    public void Sort() => _drops.Sort(static (a, b) => a.Time.CompareTo(b.Time));

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
        Clear();
        _capacity = 0;
    }

    private CapturedFrame FrameOf(in Drop drop) => new()
    {
        Data = _bytes + drop.Start,
        CapturedLength = drop.Length,
        WireLength = drop.WireLength,
        TimestampNanoseconds = drop.Time,
    };

    /// <summary>One drop, and where its packet stands.</summary>
    public readonly record struct Drop(long Time, int Reason, ulong Location, int Interface, nuint Start, int Length,
        uint WireLength);
}

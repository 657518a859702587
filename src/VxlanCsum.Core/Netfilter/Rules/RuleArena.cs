using System.Collections.Concurrent;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>The rules of a text: their lines, and a record of each. Objects are made of them when they are asked
/// for.</summary>
/// <remarks>
/// Half a million rules as objects are a hundred megabytes of small things that the garbage collector walks and moves;
/// as bytes and records they are a few dozen arrays that it does not look into.
/// </remarks>
internal sealed class RuleArena
{
    private const int BlockShift = 18;
    private const int BlockSize = 1 << BlockShift;
    private const int BlockMask = BlockSize - 1;
    private const int FirstBlock = 1 << 12;
    private const int FirstPage = 1 << 6;
    private const int PageShift = 12;
    private const int PageMask = (1 << PageShift) - 1;

    private readonly List<byte[]> _blocks = [];
    private readonly List<RuleRecord[]> _pages = [];
    private readonly List<string> _long = [];
    private byte[] _block = [];
    private int _used;

    // What each thread keeps to read rules with: it goes when the rules go.
    private readonly ConcurrentDictionary<int, object> _perThread = [];

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    public ref readonly RuleRecord this[int index] => ref _pages[index >> PageShift][index & PageMask];

    public ReadOnlySpan<byte> Text(int start, int length) =>
        _blocks[start >> BlockShift].AsSpan(start & BlockMask, length);

    /// <summary>What was kept behind a text.</summary>
    public ReadOnlySpan<byte> Behind(int start, int length, int lengthBehind) =>
        _blocks[start >> BlockShift].AsSpan((start & BlockMask) + length, lengthBehind);

    /// <summary>Keeps a copy of the text, at most 65,535 bytes, and of what belongs to it; where it is. <see
    /// cref="RulesetSink.IsFull"/> bounds how much there is, to far less than two gigabytes.</summary>
    public int Keep(ReadOnlySpan<byte> text, ReadOnlySpan<byte> behind = default)
    {
        int length = text.Length + behind.Length;
        if (_used + length > _block.Length)
        {
            // A text of few rules, of which a folder may have thousands, takes little.
            _block = GC.AllocateUninitializedArray<byte>(
                Math.Clamp(Math.Max(2 * _block.Length, length), FirstBlock, BlockSize));
            _blocks.Add(_block);
            _used = 0;
        }

        text.CopyTo(_block.AsSpan(_used));
        behind.CopyTo(_block.AsSpan(_used + text.Length));
        int start = ((_blocks.Count - 1) << BlockShift) | _used;
        _used += length;
        return start;
    }

    /// <summary>Keeps a text that is longer; its number.</summary>
    public int KeepLong(string text)
    {
        _long.Add(text);
        return _long.Count - 1;
    }

    public string Long(int number) => _long[number];

    /// <summary>What the calling thread keeps here, made when it first asks.</summary>
    public T OfThisThread<T>(Func<T> make)
        where T : class =>
        (T)_perThread.GetOrAdd(Environment.CurrentManagedThreadId, static (_, create) => create(), make);

    /// <summary>Keeps a record; its index.</summary>
    public int Add(in RuleRecord record)
    {
        int at = Count & PageMask;
        if (at == 0)
        {
            _pages.Add(GC.AllocateUninitializedArray<RuleRecord>(FirstPage));
        }
        else if (at == _pages[^1].Length)
        {
            RuleRecord[] page = _pages[^1];
            Array.Resize(ref page, Math.Min(at * 4, 1 << PageShift));
            _pages[^1] = page;
        }

        _pages[^1][at] = record;
        return Count++;
    }
}

using System.Text;

namespace VxlanCsum.Netfilter.Rules;

/// <summary>Finds a chain by its name's UTF-8 bytes, without making a string: half a million look-ups while
/// reading.</summary>
/// <param name="chains">Where the chains are kept: the table has their places, 1-based, so that the garbage collector
/// need not look into it.</param>
internal sealed class ChainTable(List<NetfilterChain> chains)
{
    private (int Place, int Hash)[] _slots = new (int, int)[16];
    private int _count;

    public NetfilterChain? Find(ReadOnlySpan<byte> name)
    {
        int hash = Utf8Hash.Of(name);
        int mask = _slots.Length - 1;
        for (int i = hash & mask; _slots[i].Place > 0; i = (i + 1) & mask)
        {
            if (_slots[i].Hash == hash && chains[_slots[i].Place - 1] is { } chain && name.SequenceEqual(chain.Name8))
            {
                return chain;
            }
        }

        return null;
    }

    public NetfilterChain? Find(string name)
    {
        Span<byte> buffer = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(name, buffer, out int written)
            ? Find(buffer[..written])
            : Find(Encoding.UTF8.GetBytes(name));
    }

    /// <summary>Adds the chain at its <see cref="NetfilterChain.Index"/>.</summary>
    public void Add(NetfilterChain chain)
    {
        if (_count * 2 >= _slots.Length)
        {
            (int Place, int Hash)[] old = _slots;
            _slots = new (int, int)[old.Length * 4];
            foreach ((int place, int hash) in old)
            {
                if (place > 0)
                {
                    Put(place, hash);
                }
            }
        }

        Put(chain.Index + 1, Utf8Hash.Of(chain.Name8));
        _count++;
    }

    private void Put(int place, int hash)
    {
        int mask = _slots.Length - 1;
        int i = hash & mask;
        while (_slots[i].Place > 0)
        {
            i = (i + 1) & mask;
        }

        _slots[i] = (place, hash);
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace VxlanCsum.Netfilter;

/// <summary>Finds a chain by its name's UTF-8 bytes, without making a string: half a million look-ups while reading.</summary>
internal sealed class ChainTable
{
    // Names come from outside: without a secret, a text could be made whose names all collide.
    private static readonly ulong s_secret = (ulong)Random.Shared.NextInt64();

    private (NetfilterChain? Chain, int Hash)[] _slots = new (NetfilterChain?, int)[16];
    private int _count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public NetfilterChain? Find(ReadOnlySpan<byte> name)
    {
        int hash = Hash(name);
        int mask = _slots.Length - 1;
        for (int i = hash & mask; _slots[i].Chain is { } chain; i = (i + 1) & mask)
        {
            if (_slots[i].Hash == hash && name.SequenceEqual(chain.Name8))
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

    public void Add(NetfilterChain chain)
    {
        if (_count * 2 >= _slots.Length)
        {
            (NetfilterChain? Chain, int Hash)[] old = _slots;
            _slots = new (NetfilterChain?, int)[old.Length * 4];
            foreach ((NetfilterChain? Chain, int Hash) slot in old)
            {
                Place(slot);
            }
        }

        Place((chain, Hash(chain.Name8)));
        _count++;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        ulong hash = s_secret ^ ((ulong)name.Length * 0x9e3779b97f4a7c15);
        while (name.Length >= 8)
        {
            hash = BitOperations.RotateLeft(hash ^ MemoryMarshal.Read<ulong>(name), 29) * 0xbf58476d1ce4e5b9;
            name = name[8..];
        }

        foreach (byte b in name)
        {
            hash = (hash ^ b) * 0xbf58476d1ce4e5b9;
        }

        return (int)((hash ^ (hash >> 32)) & int.MaxValue);
    }

    private void Place((NetfilterChain? Chain, int Hash) slot)
    {
        if (slot.Chain is null)
        {
            return;
        }

        int mask = _slots.Length - 1;
        int i = slot.Hash & mask;
        while (_slots[i].Chain is not null)
        {
            i = (i + 1) & mask;
        }

        _slots[i] = slot;
    }
}

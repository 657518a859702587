using System.Buffers.Binary;
using System.Text;

namespace VxlanCsum.UnitTests.Drops;

/// <summary>
/// Trims a kernel's BTF to what Watch-ChecksumDrop reads of it: the same names, offsets and numbers in a file of some
/// kilobytes.
/// What the fields are of is left out where nothing looks into it.
/// </summary>
internal sealed class BtfExcerpt
{
    private const int Header = 24;
    private const uint Pointer = 2, Struct = 4, Union = 5, Enum = 6, Typedef = 8, Prototype = 13;

    private static readonly (uint Kind, string Name)[] s_wanted =
        [(Typedef, "btf_trace_kfree_skb"), (Struct, "sk_buff"), (Struct, "net_device"), (Struct, "net"),
            (Enum, "skb_drop_reason")];

    /// <summary>Fields that are looked into.</summary>
    private static readonly HashSet<string> s_opened = ["nd_net", "ns"];

    private readonly byte[] _whole;
    private readonly int _names;
    private readonly List<int> _at = [0];
    private readonly Dictionary<int, int> _numbers = [];
    private readonly List<byte[]> _types = [];
    private readonly List<byte> _strings = [0];
    private readonly Dictionary<string, int> _stringAt = new(StringComparer.Ordinal) { [""] = 0 };

    private BtfExcerpt(byte[] whole)
    {
        _whole = whole;
        int header = (int)U32(4), types = header + (int)U32(8);
        _names = header + (int)U32(16);
        for (int at = types, end = types + (int)U32(12); at < end;)
        {
            _at.Add(at);
            uint count = U32(at + 4) & 0xffff;
            at += 12 + (int)(Kind(at) switch
            {
                1 or 14 or 17 => 4u,
                3 => 12u,
                Struct or Union or 15 or 19 => 12 * count,
                Enum or Prototype => 8 * count,
                _ => 0u
            });
        }
    }

    public static byte[] Of(byte[] whole)
    {
        var excerpt = new BtfExcerpt(whole);
        for (int id = 1; id < excerpt._at.Count; id++)
        {
            int at = excerpt._at[id];
            if (s_wanted.Contains((excerpt.Kind(at), excerpt.Name(excerpt.U32(at)))))
            {
                excerpt.Keep(id);
            }
        }

        return excerpt.Write();
    }

    private uint Kind(int at) => (U32(at + 4) >> 24) & 0x1f;

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_whole.AsSpan(at));

    private string Name(uint offset)
    {
        ReadOnlySpan<byte> name = _whole.AsSpan(_names + (int)offset);
        return Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }

    /// <summary>The type's number in the excerpt.</summary>
    private int Keep(int id)
    {
        if (id == 0 || _numbers.TryGetValue(id, out int known))
        {
            return id == 0 ? 0 : _numbers[id];
        }

        int at = _at[id], number = _types.Count + 1;
        uint kind = Kind(at), count = U32(at + 4) & 0xffff;
        _numbers.Add(id, number);
        _types.Add([]);
        bool names = kind is Pointer or (>= 7 and <= 11) or 18;
        uint size = names ? (uint)Keep((int)U32(at + 8)) : U32(at + 8);
        List<uint> words = [Text(Name(U32(at))), U32(at + 4), kind == Prototype ? 0 : size];
        int step = kind is Struct or Union ? 12 : kind is Enum or Prototype ? 8 : 0;
        for (int member = at + 12, i = 0; step > 0 && i < count; i++, member += step)
        {
            string name = Name(U32(member));
            words.Add(Text(kind == Prototype ? "" : name));
            words.Add(kind switch
            {
                Enum => U32(member + 4),
                Prototype => 0,
                _ => name.Length == 0 || s_opened.Contains(name) ? (uint)Keep((int)U32(member + 4)) : 0,
            });
            if (step == 12)
            {
                words.Add(U32(member + 8));
            }
        }

        byte[] type = new byte[words.Count * 4];
        for (int i = 0; i < words.Count; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(type.AsSpan(i * 4), words[i]);
        }

        _types[number - 1] = type;
        return number;
    }

    private uint Text(string name)
    {
        if (!_stringAt.TryGetValue(name, out int at))
        {
            at = _strings.Count;
            _stringAt.Add(name, at);
            _strings.AddRange(Encoding.UTF8.GetBytes(name + '\0'));
        }

        return (uint)at;
    }

    private byte[] Write()
    {
        int types = _types.Sum(static t => t.Length);
        byte[] header = new byte[Header];
        uint[] words = [0x0001_eb9f, Header, 0, (uint)types, (uint)types, (uint)_strings.Count];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(i * 4), words[i]);
        }

        return [.. header, .. _types.SelectMany(static t => t), .. _strings];
    }
}

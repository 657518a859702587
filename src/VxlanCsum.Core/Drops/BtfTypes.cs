using System.Buffers.Binary;
using System.Text;

namespace VxlanCsum.Drops;

/// <summary>
/// The types of a kernel as it describes them itself (BTF, /sys/kernel/btf/vmlinux): where the fields of its structures
/// stand, and which numbers its names have. Both differ from kernel to kernel.
/// </summary>
/// <remarks>The kernel's own byte order, which is this machine's; and no big-endian machine runs .NET's Linux
/// builds.</remarks>
internal sealed class BtfTypes
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderLength = 24, TypeLength = 12, MemberLength = 12, EnumeratorLength = 8, ParameterLength = 8;

    /// <summary>Of types that only name or qualify another one: more in a row would be a circle.</summary>
    private const int MostNames = 32;

    /// <summary>Fields looked at to find one: a kernel's largest structures have some hundreds. More would be a
    /// circle.</summary>
    private const int MostFields = 100_000;

    // What follows a type, by its kind: so many bytes, and so many for each of its parts.
    private static readonly (int Fixed, int Each)[] s_rest = Rests();

    private readonly byte[] _data;
    private readonly int _typesStart, _namesStart, _namesEnd;

    /// <summary>Where each type stands; the type 0 is void and stands nowhere.</summary>
    private readonly List<int> _offsets = [0];

    private BtfTypes(byte[] data)
    {
        _data = data;
        int header = Int(4);
        _typesStart = checked(header + Int(8));
        _namesStart = checked(header + Int(16));
        _namesEnd = checked(_namesStart + Int(20));
        int end = checked(_typesStart + Int(12));
        if (header < HeaderLength || end > data.Length || _namesEnd > data.Length || _typesStart < header
            || _namesStart < header)
        {
            throw new FormatException("its sections do not fit it");
        }

        for (int at = _typesStart; at < end;)
        {
            _offsets.Add(at);
            at += TypeLength + Rest(at);
        }
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">It is no BTF, or a damaged one.</exception>
    public static BtfTypes Parse(byte[] data)
    {
        if (data.Length < HeaderLength || BinaryPrimitives.ReadUInt16LittleEndian(data) != Magic)
        {
            throw new FormatException("it does not begin as BTF does");
        }

        return WrapErrors(() => new BtfTypes(data));
    }

    /// <summary>The type of a name; 0 where there is none.</summary>
    public int Find(BtfKind kind, string name) => WrapErrors(() =>
    {
        ReadOnlySpan<byte> names = _data.AsSpan(_namesStart, _namesEnd - _namesStart);
        int found = names.IndexOf(Encoding.UTF8.GetBytes($"\0{name}\0"));
        if (found < 0)
        {
            return 0;
        }

        for (int id = 1; id < _offsets.Count; id++)
        {
            if (Int(_offsets[id]) == found + 1 && KindOf(id) == kind)
            {
                return id;
            }
        }

        return 0;
    });

    /// <summary>Where a field stands in a structure, in bytes, also inside structures and unions without a
    /// name.</summary>
    /// <param name="structure">The structure's name.</param>
    /// <param name="path">The field; with dots, those inside it.</param>
    /// <returns>Null where there is no such field.</returns>
    public int? FieldOffset(string structure, string path) => WrapErrors<int?>(() =>
    {
        int type = Find(BtfKind.Struct, structure), offset = 0, left = MostFields;
        foreach (string name in path.Split('.'))
        {
            if (type == 0 || Field(type, name, ref left) is not { } field)
            {
                return null;
            }

            offset += field.Bits / 8;
            type = Bare(field.Type);
        }

        return offset;
    });

    /// <summary>The names and numbers of an enumeration; none where there is none of the name.</summary>
    public IReadOnlyList<(string Name, int Value)> Enumerators(string name) => WrapErrors<IReadOnlyList<(string, int)>>(() =>
    {
        int id = Find(BtfKind.Enumeration, name);
        if (id == 0)
        {
            return [];
        }

        int first = _offsets[id] + TypeLength;
        return [.. Enumerable.Range(0, Length(id))
            .Select(i => (Name(Int(first + (i * EnumeratorLength))), Int(first + (i * EnumeratorLength) + 4)))];
    });

    /// <summary>How many arguments a function has whose pointer a name stands for; null where there is no such
    /// name.</summary>
    public int? Arguments(int typedef) => WrapErrors<int?>(() =>
    {
        int pointer = Bare(typedef);
        int prototype = KindOf(pointer) == BtfKind.Pointer ? Bare(Target(pointer)) : 0;
        return KindOf(prototype) == BtfKind.Prototype ? Length(prototype) : null;
    });

    private (int Bits, int Type)? Field(int structure, string name, ref int left)
    {
        if (KindOf(structure) is not (BtfKind.Struct or BtfKind.Union))
        {
            return null;
        }

        bool hasBitFields = (Info(structure) & 0x8000_0000) != 0;
        for (int i = 0, at = _offsets[structure] + TypeLength; i < Length(structure); i++, at += MemberLength)
        {
            int bits = hasBitFields ? Int(at + 8) & 0xff_ffff : Int(at + 8), type = Int(at + 4);
            if (--left < 0)
            {
                throw new FormatException("its structures go round in circles");
            }

            string own = Name(Int(at));
            if (own == name)
            {
                return (bits, type);
            }

            if (own.Length == 0 && Field(Bare(type), name, ref left) is { } inside)
            {
                return (bits + inside.Bits, inside.Type);
            }
        }

        return null;
    }

    /// <summary>The type behind names and qualifiers.</summary>
    private int Bare(int type)
    {
        for (int i = 0; i < MostNames
            && KindOf(type) is BtfKind.Typedef or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict
                or BtfKind.TypeTag; i++)
        {
            type = Target(type);
        }

        return type;
    }

    private BtfKind KindOf(int type) => type == 0 ? BtfKind.Void : (BtfKind)((Info(type) >> 24) & 0x1f);

    private int Length(int type) => (int)(Info(type) & 0xffff);

    private uint Info(int type) => (uint)Int(_offsets[type] + 4);

    private int Target(int type) => Int(_offsets[type] + 8);

    /// <summary>How much follows the type at this place, by its kind.</summary>
    private int Rest(int at)
    {
        uint info = (uint)Int(at + 4);
        int count = (int)(info & 0xffff), kind = (int)((info >> 24) & 0x1f);

        // Of others the length is not known, and so neither where the next one stands.
        return kind < s_rest.Length ? s_rest[kind].Fixed + (count * s_rest[kind].Each)
            : throw new FormatException($"it has types of kind {kind}, which is not known here");
    }

    private static (int Fixed, int Each)[] Rests()
    {
        var rest = new (int Fixed, int Each)[(int)BtfKind.Enumeration64 + 1];
        rest[(int)BtfKind.Integer] = rest[(int)BtfKind.Variable] = rest[(int)BtfKind.DeclarationTag] = (4, 0);
        rest[(int)BtfKind.Array] = (12, 0);
        rest[(int)BtfKind.Struct] = rest[(int)BtfKind.Union] = rest[(int)BtfKind.DataSection] =
            rest[(int)BtfKind.Enumeration64] = (0, MemberLength);
        rest[(int)BtfKind.Enumeration] = (0, EnumeratorLength);
        rest[(int)BtfKind.Prototype] = (0, ParameterLength);
        return rest;
    }

    private string Name(int offset)
    {
        ReadOnlySpan<byte> name = _data.AsSpan(_namesStart + offset, _namesEnd - _namesStart - offset);
        return Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
    }

    private int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(_data.AsSpan(at));

    /// <summary>A number in it that leads out of it is damage, whoever follows it.</summary>
    private static T WrapErrors<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException("it is damaged", e);
        }
    }
}

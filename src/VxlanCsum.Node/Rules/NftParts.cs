using System.Buffers.Binary;
using VxlanCsum.Node.Netlink;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>The attributes of one expression, by their numbers.</summary>
internal readonly ref struct NftParts(NetlinkAttributes attributes)
{
    private const int FirstSmallRegister = 8, WordsOfRegister = 4;
    private readonly NetlinkAttributes _attributes = attributes;

    public bool Has(int type) => Find(type, out _);

    public ReadOnlySpan<byte> Data(int type) => Find(type, out NetlinkAttribute found) ? found.Data : [];

    public NftParts Nested(int type) => Find(type, out NetlinkAttribute found) ? new NftParts(found.Nested) : default;

    /// <summary>In the network's order; 0 where it is not there.</summary>
    public uint Number(int type) =>
        Data(type) is { Length: >= 4 } data ? BinaryPrimitives.ReadUInt32BigEndian(data)
            : Data(type) is [var one] ? one : 0u;

    /// <summary>
    /// A register, counted in words of four bytes from 1 on: the verdict's is 0. The old names 1 to 4 are of four words
    /// each, those from 8 on of one. Null where none is named.
    /// </summary>
    public int? Register(int type)
    {
        if (!Find(type, out NetlinkAttribute found) || found.Data.Length < 4)
        {
            return null;
        }

        int number = BinaryPrimitives.ReadInt32BigEndian(found.Data);
        return number == 0 ? 0 : number < FirstSmallRegister ? 1 + ((number - 1) * WordsOfRegister)
            : 1 + number - FirstSmallRegister;
    }

    /// <summary>What a verdict says, and the chain that it leads to.</summary>
    public static (string Text, string? Chain) VerdictOf(NftParts verdict)
    {
        string chain = SafeText.Escape(System.Text.Encoding.UTF8.GetString(verdict.Data(2).TrimEnd((byte)0)));
        return (int)verdict.Number(1) switch
        {
            0 => ("drop", null),
            1 => ("accept", null),
            -1 => ("continue", null),
            -3 => ($"jump {chain}", chain),
            -4 => ($"goto {chain}", chain),
            -5 => ("return", null),
            _ => ("queue", null),
        };
    }

    private bool Find(int type, out NetlinkAttribute found)
    {
        foreach (NetlinkAttribute attribute in _attributes)
        {
            if (attribute.Type == type)
            {
                found = attribute;
                return true;
            }
        }

        found = default;
        return false;
    }
}

using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>What an expression of nf_tables loaded into a register, in nft's words.</summary>
/// <param name="Text">Such as "ip daddr".</param>
/// <param name="Kind">How its values are written.</param>
/// <param name="Length">In bytes.</param>
internal sealed record NftField(string Text, NftFieldKind Kind, int Length)
{
    private static readonly (uint Bit, string Name)[] s_states = [(2, "established"), (4, "related"), (8, "new"),
        (1, "invalid"), (64, "untracked")];
    private static readonly string[] s_types = ["unspec", "unicast", "local", "broadcast", "anycast", "multicast",
        "blackhole", "unreachable", "prohibit"];

    // How each kind is written, and of how many bytes at least.
    private static readonly Dictionary<NftFieldKind, (int Least, Writer Write)> s_writers = new()
    {
        [NftFieldKind.Address] = (4, static d => d.Length is 4 or 16 ? new IPAddress(d).ToString() : null),
        [NftFieldKind.Port] = (2, static d => Number((uint)((d[0] << 8) | d[1]))),
        [NftFieldKind.Protocol] = (1, Protocol),
        [NftFieldKind.Interface] = (0, Name),
        [NftFieldKind.Mark] = (4, static d => Number(Host(d))),
        [NftFieldKind.State] = (4, static d => States(Host(d))),
        [NftFieldKind.AddressType] =
            (4, static d => Host(d) is var type && type < s_types.Length ? s_types[type] : null),
        [NftFieldKind.Family] = (1, static d => d[0] switch { 2 => "ipv4", 10 => "ipv6", _ => null }),
        [NftFieldKind.HostNumber] = (4, static d => Number(Host(d))),
    };

    /// <summary>A mask that was laid over it.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>Bits that were turned behind the mask.</summary>
    public byte[]? Flip { get; init; }

    /// <summary>Only its first bytes were loaded: as many bits of an address.</summary>
    public bool IsPrefix => Kind == NftFieldKind.Address && Length is not (4 or 16);

    private delegate string? Writer(ReadOnlySpan<byte> data);

    /// <summary>A value of this field, as nft writes it; null for what it is not known how to write.</summary>
    public string? Value(ReadOnlySpan<byte> data) =>
        s_writers.TryGetValue(Kind, out (int Least, Writer Write) known) && data.Length >= known.Least
            ? known.Write(data) : null;

    private static string Protocol(ReadOnlySpan<byte> data) =>
        data[0] switch { 6 => "tcp", 17 => "udp", 132 => "sctp", var other => Number(other) };

    /// <summary>"meta mark &amp; 0x00004000"; the field itself where no mask was laid over it.</summary>
    public string? Masked() => Mask is null ? Text
        : Kind == NftFieldKind.Mark && (Flip is null || Host(Flip) == 0) ? $"{Text} & {Hexadecimal(Host(Mask))}" : null;

    /// <summary>As the right side of "meta mark set": null where only a mark can be that.</summary>
    public string? Changed()
    {
        if (Kind != NftFieldKind.Mark)
        {
            return null;
        }

        string text = Mask is not null && Host(Mask) != uint.MaxValue ? $"{Text} & {Hexadecimal(Host(Mask))}" : Text;
        return Flip is not null && Host(Flip) != 0 ? $"{text} ^ {Hexadecimal(Host(Flip))}" : text;
    }

    /// <summary>How many bits a mask keeps from the left; null where that does not describe it.</summary>
    public static int? PrefixLength(ReadOnlySpan<byte> mask)
    {
        int bits = 0;
        foreach (byte part in mask)
        {
            bits += byte.LeadingZeroCount((byte)~part);
            if (part != 0xff)
            {
                break;
            }
        }

        for (int i = bits; i < mask.Length * 8; i++)
        {
            if ((mask[i / 8] & (0x80 >> (i % 8))) != 0)
            {
                return null;
            }
        }

        return bits;
    }

    public static uint Host(ReadOnlySpan<byte> data) => data.Length >= 4 ? MemoryMarshal.Read<uint>(data) : 0;

    public static string Hexadecimal(uint number) => string.Create(CultureInfo.InvariantCulture, $"0x{number:x8}");

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);

    // Without its closing zero it is the beginning of a name.
    private static string Name(ReadOnlySpan<byte> data)
    {
        int end = data.IndexOf((byte)0);
        string name = SafeText.Escape(Encoding.UTF8.GetString(end < 0 ? data : data[..end])).Replace('"', '\'');
        return end < 0 && data.Length < 16 ? $"\"{name}*\"" : $"\"{name}\"";
    }

    private static string? States(uint bits)
    {
        string[] names = [.. s_states.Where(s => (bits & s.Bit) != 0).Select(static s => s.Name)];
        return names.Length > 0 && bits < 128 ? string.Join(',', names) : null;
    }
}

/// <summary>How values of a field are written.</summary>
internal enum NftFieldKind : byte
{
    Other,
    Address,
    Port,
    Protocol,
    Interface,
    Mark,
    State,
    AddressType,
    Family,
    HostNumber,
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace VxlanCsum.Node.Rules;

/// <summary>What the kernel's structures hold: numbers in the machine's order, ports in the network's, names up to
/// their first 0.</summary>
internal static class LegacyBytes
{
    /// <summary>Of a match or a target, before what is its own: its length, its name and its revision (struct
    /// xt_entry_match, xt_entry_target).</summary>
    public const int PartHeader = 32;

    public static uint Number(this Span<byte> data, int place) => ((ReadOnlySpan<byte>)data).Number(place);

    public static uint Number(this ReadOnlySpan<byte> data, int place) => MemoryMarshal.Read<uint>(data[place..]);

    public static ulong Long(this ReadOnlySpan<byte> data, int place) => MemoryMarshal.Read<ulong>(data[place..]);

    public static ushort Short(this ReadOnlySpan<byte> data, int place) => MemoryMarshal.Read<ushort>(data[place..]);

    public static ushort Port(this ReadOnlySpan<byte> data, int place) =>
        BinaryPrimitives.ReadUInt16BigEndian(data[place..]);

    public static ReadOnlySpan<byte> Name(this ReadOnlySpan<byte> data)
    {
        int end = data.IndexOf((byte)0);
        return end < 0 ? data : data[..end];
    }

    public static bool IsZero(this ReadOnlySpan<byte> data) => !data.ContainsAnyExcept((byte)0);

    /// <summary>The name of a match or a target.</summary>
    public static ReadOnlySpan<byte> PartName(this ReadOnlySpan<byte> part) => part[2..31].Name();

    /// <summary>Of a match or a target: its name and its revision.</summary>
    public static (string Name, byte Revision) Kind(this ReadOnlySpan<byte> part) =>
        (Encoding.ASCII.GetString(part.PartName()), part[31]);
}

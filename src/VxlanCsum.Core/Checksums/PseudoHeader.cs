using System.Net;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Checksums;

/// <summary>
/// The sum that a pseudo-header contributes (RFC 793, 768; RFC 8200, section 8.1), as the number people see. Not
/// inverted, it is the seed that offloading starts from (CHECKSUM_PARTIAL).
/// </summary>
internal static class PseudoHeader
{
    /// <summary>The seed of a segment: source + destination + protocol + length.</summary>
    /// <param name="source">4 or 16 bytes.</param>
    /// <param name="destination">As many.</param>
    /// <param name="protocol">IP protocol number.</param>
    /// <param name="length">Of the transport header and what it carries, in bytes.</param>
    public static ushort Seed(IPAddress source, IPAddress destination, byte protocol, uint length) =>
        Seed(AddressSum(source), AddressSum(destination), protocol, length);

    /// <summary>The seed from address sums; see <see cref="AddressSum"/>.</summary>
    public static ushort Seed(ushort source, ushort destination, byte protocol, uint length) =>
        OnesComplement.Fold((ulong)source + destination + protocol + length);

    /// <summary>
    /// If the field is a seed: what its two addresses sum to, or, with <paramref name="known"/> being the sum of one of
    /// them, the other. Equal numbers from different packets of one sender say that the fields are seeds.
    /// </summary>
    public static ushort ImpliedAddressSum(ushort field, ushort known, byte protocol, uint length) =>
        OnesComplement.Subtract(field, OnesComplement.Fold((ulong)known + protocol + length));

    /// <summary>Folded sum of an address' 16-bit words.</summary>
    public static ushort AddressSum(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out int written) ? OnesComplement.Sum(bytes[..written]) : (ushort)0;
    }
}

using System.Globalization;

namespace VxlanCsum.Node.Rules;

/// <summary>Writes a field compared with one value.</summary>
internal static class NftComparison
{
    /// <returns>Null for what it is not known how to write.</returns>
    public static string? Write(NftField field, string operation, ReadOnlySpan<byte> value) => field switch
    {
        { Kind: NftFieldKind.Address, Mask: { } mask } =>
            Flips(field) || NftField.PrefixLength(mask) is not { } bits ? null : Network(field, operation, value, bits),
        { IsPrefix: true } => Network(field, operation, value, field.Length * 8),
        { Kind: NftFieldKind.State, Mask: { } mask } => States(field, operation, value, mask),
        { Kind: NftFieldKind.Mark, Mask: not null } => Masked(field, operation, value),
        { Mask: not null } => null,
        _ => field.Value(value) is { } text ? $"{field.Text} {operation}{text}" : null,
    };

    /// <summary>Any of these states: the bits that are kept are not zero.</summary>
    private static string? States(NftField field, string operation, ReadOnlySpan<byte> value, byte[] mask) =>
        Flips(field) || value.ContainsAnyExcept((byte)0) || field.Value(mask) is not { } states ? null
            : $"{field.Text} {(operation.Length == 0 ? "!= " : string.Empty)}{states}";

    private static string? Masked(NftField field, string operation, ReadOnlySpan<byte> value) =>
        field.Masked() is { } masked && field.Value(value) is { } bits
            ? $"{masked} {(operation.Length == 0 ? "== " : operation)}{bits}" : null;

    private static bool Flips(NftField field) => field.Flip is { } flip && flip.AsSpan().ContainsAnyExcept((byte)0);

    private static string? Network(NftField field, string operation, ReadOnlySpan<byte> value, int bits)
    {
        int whole = field.Text.StartsWith("ip6", StringComparison.Ordinal) ? 16 : 4;
        if (value.Length > whole)
        {
            return null;
        }

        Span<byte> address = stackalloc byte[whole];
        address.Clear();
        value.CopyTo(address);
        return string.Create(CultureInfo.InvariantCulture,
            $"{field.Text} {operation}{new System.Net.IPAddress(address)}/{bits}");
    }
}

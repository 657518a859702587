using System.Globalization;
using System.Net;

namespace VxlanCsum.Mitigations;

/// <summary>Networks as people write them.</summary>
internal static class ServiceNetworks
{
    /// <summary>The network in canonical form, bits behind the prefix cleared; null for what is none.</summary>
    public static string? TryParse(string text)
    {
        if (text.Split('/') is not [var address, var length] || !IPAddress.TryParse(address, out IPAddress? parsed)
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int prefix))
        {
            return null;
        }

        byte[] bytes = parsed.GetAddressBytes();
        if (prefix > bytes.Length * 8)
        {
            return null;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(prefix - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return new IPNetwork(new IPAddress(bytes), prefix).ToString();
    }
}

namespace VxlanCsum.Netfilter.Rules;

/// <summary>"10.0.0.1", "10.0.0.1:80", "10.0.0.1-10.0.0.9:1024-65535", "[fd00::1]:80", ":1024-65535".</summary>
internal static class NatRanges
{
    /// <summary>The text names ports alone.</summary>
    public static bool IsPortsAlone(ReadOnlySpan<char> text) => text.StartsWith(":") && text.Count(':') == 1;

    public static void Parse(ReadOnlySpan<char> text, out AddressSpan? addresses,
        out (ushort First, ushort Last)? ports)
    {
        (addresses, ports) = (null, null);
        ReadOnlySpan<char> port = default;
        if (text.StartsWith("["))
        {
            int close = text.LastIndexOf(']');
            if (close < 0)
            {
                return;
            }

            // Two bracketed ends of a range: "[a]-[b]:1-2".
            port = text[(close + 1)..].StartsWith(":") ? text[(close + 2)..] : default;
            text = text[..close].ToString().Replace("[", string.Empty, StringComparison.Ordinal)
                .Replace("]", string.Empty, StringComparison.Ordinal);
        }
        else if (text.Count(':') == 1)
        {
            int colon = text.IndexOf(':');
            port = text[(colon + 1)..];
            text = text[..colon];
        }

        if (AddressSpan.TryParse(text, out AddressSpan span))
        {
            addresses = span;
        }

        // "1000-2000/1000" names a base port for shifted ranges.
        int slash = port.IndexOf('/');
        if (PortRanges.TryParse(slash < 0 ? port : port[..slash], '-', out (ushort, ushort) range) && !port.IsEmpty)
        {
            ports = range;
        }
    }
}

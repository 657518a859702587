using System.Buffers;
using System.Globalization;
using System.Net;
using VxlanCsum.Text;

namespace VxlanCsum.TcpdumpText;

/// <summary>One end of a packet, as tcpdump printed it: "10.0.10.14.7103", "fe80::1.546", "master02.xc.test..28565",
/// "node.domain".</summary>
/// <param name="Host">The address or name, safe to show.</param>
/// <param name="Address">Null where a name was printed.</param>
/// <param name="PortText">A number or a service's name; null where the protocol has none.</param>
/// <param name="Port">Null where there is none, or none is known by that name.</param>
internal sealed record TextEndpoint(string Host, IPAddress? Address, string? PortText, ushort? Port)
{
    private static readonly SearchValues<char> _address = SearchValues.Create("0123456789."),
        _foreign = SearchValues.Create(" \t,;()[]<>\"'");

    /// <summary>Splits host and port at the last dot, as tcpdump joined them.</summary>
    /// <returns>Null where the text cannot be an endpoint.</returns>
    public static TextEndpoint? Parse(string text, bool hasPort)
    {
        // An address alone stands where a packet was cut before its ports.
        if (!hasPort || ToAddress(text) is not null)
        {
            return IsHost(text) ? new TextEndpoint(SafeText.Escape(text), ToAddress(text), null, null) : null;
        }

        int dot = text.LastIndexOf('.');
        if (dot <= 0 || dot == text.Length - 1 || !IsHost(text[..dot]))
        {
            return null;
        }

        string host = text[..dot], portText = text[(dot + 1)..];
        ushort? port = ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? number
            : ServicePorts.Find(portText);
        return new TextEndpoint(SafeText.Escape(host), ToAddress(host), SafeText.Escape(portText), port);
    }

    /// <summary>Is this an address with a port, and no mere address? Names cannot tell.</summary>
    public static bool LooksLikeAddressWithPort(string text) =>
        ToAddress(text) is null && text.LastIndexOf('.') is > 0 and int dot && ToAddress(text[..dot]) is not null;

    /// <summary>The host alone.</summary>
    public TextEndpoint WithoutPort() => this with { PortText = null, Port = null };

    /// <summary>As other packets write theirs: "10.0.0.1:53", "[fd00::1]:53", "name:domain".</summary>
    public override string ToString() =>
        PortText is null ? Host
        : Address is not null && Port is not null ? new IPEndPoint(Address, Port.Value).ToString()
        : $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:"
            + $"{(Port is null ? PortText : Port.Value.ToString(CultureInfo.InvariantCulture))}";

    private static IPAddress? ToAddress(string text)
    {
        // IPAddress takes "1.2" and "7" for addresses, too; tcpdump prints four numbers.
        bool shaped = text.Contains(':', StringComparison.Ordinal)
            || (text.AsSpan().Count('.') == 3 && text.AsSpan().IndexOfAnyExcept(_address) < 0);
        return shaped && IPAddress.TryParse(text, out IPAddress? address) ? address : null;
    }

    // RFC 1035 names, the underscore people use, IPv6 with a zone, "<node-b>" for what was not to be shown; nothing that
    // could be another part of the line.
    private static bool IsHost(string text)
    {
        ReadOnlySpan<char> name = text is ['<', .. var masked, '>'] ? masked : text;
        return name.Length is > 0 and <= 255 && name.IndexOfAny(_foreign) < 0;
    }
}

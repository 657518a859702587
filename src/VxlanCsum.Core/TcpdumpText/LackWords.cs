using System.Text.RegularExpressions;
using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>What printed packets lack, each in a sentence with the command that brings it.</summary>
internal static partial class LackWords
{
    /// <param name="reason">Why most of them have no verdict.</param>
    /// <param name="printed">How they were printed.</param>
    /// <param name="names">The ends of the tunnel directions, as they were printed.</param>
    /// <param name="device">Where they were captured.</param>
    /// <param name="port">The tunnel's.</param>
    public static (string What, string Command) Missing(LayerReason reason, PrintedForm printed,
        IEnumerable<string> names,
        string device, string port)
    {
        string print = $"tcpdump -ni {device} -vv -s 0 -c 50 'udp port {port}'", keep =
            $"tcpdump -ni {device} -s 0 -c 200 -w tunnel.pcap 'udp port {port}'";
        return reason switch
        {
            _ when printed.IsOld =>
                ("what the checksum should be: this form of tcpdump, of before 2008, does not say. A capture does",
                    keep),
            LayerReason.Truncated or LayerReason.BeyondCapture or LayerReason.NoVerdict when printed.IsCut =>
                ("the whole packets: they were cut by the snapshot length, which -s 0 lifts", print),
            LayerReason.NoVerdict or LayerReason.Unremarked when !printed.IsVerbose && printed.IsFiltered =>
                ("the header lines and the checksums: grep took lines away, and tcpdump ran without -v", print),
            LayerReason.NoVerdict or LayerReason.Unremarked when !printed.IsVerbose =>
                ("the checksums: tcpdump ran without -v, and prints none then", print),
            LayerReason.NoVerdict or LayerReason.Unremarked =>
                ("the outer checksums: -v says nothing of UDP's over IPv4, -vv does", print),
            LayerReason.AddressUnknown when names.Any(static n => Masked().IsMatch(n)) =>
                ("the addresses, which were masked: a checksum covers them. Give them as they are, or with "
                    + "ConvertFrom-TcpdumpText -HostAddress", print),
            LayerReason.AddressUnknown => ("the addresses: tcpdump ran without -n, and printed names", print),
            LayerReason.LengthUnknown when printed.IsFiltered =>
                ("the header line before each packet, which grep took away", print),
            LayerReason.LengthUnknown => ("the header line before each packet", print),
            LayerReason.InnerUnknown => ("the lines of the inner packet, behind the tunnel's", print),
            LayerReason.Truncated or LayerReason.BeyondCapture =>
                ("the whole packets: they were cut by the snapshot length, which -s 0 lifts", print),
            LayerReason.Fragment => ("packets that are no fragments", keep),
            _ => ("packets that can be verified", print),
        };
    }

    [GeneratedRegex(@"<|\*|\b[xX]{1,3}\.|\.[xX]{1,3}\b|XX|[Mm]ask|[Rr]edact|_IP\b|[Aa]ddress", RegexOptions.CultureInvariant)]
    private static partial Regex Masked();
}

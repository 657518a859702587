using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Counters;

/// <summary>Reads what `ethtool -S` prints of checksums. Each driver has words of its own for them; all say "csum",
/// "chksum" or "checksum", and that it went wrong.</summary>
/// <param name="device">Whose they are; null where nobody named it.</param>
internal sealed partial class DeviceCounterText(string? device)
{
    private readonly PasteStripper _paste = new(static text => text.StartsWith("NIC statistics:",
        StringComparison.Ordinal) || Counter().IsMatch(text));

    private readonly List<DeviceCounter> _counters = [];

    /// <summary>The counters of checksums, in the order of the text.</summary>
    public IReadOnlyList<DeviceCounter> Counters => _counters;

    /// <summary>How many counters were read, of whatever.</summary>
    public int All { get; private set; }

    /// <summary>Reads a line; false where it is no counter.</summary>
    public bool Add(string raw)
    {
        string text = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (Counter().Match(text) is not { Success: true } counter || All >= 100_000)
        {
            return false;
        }

        All++;
        string name = counter.Groups["name"].Value;
        if (Wrong().IsMatch(name) && ulong.TryParse(counter.Groups["value"].ValueSpan, NumberStyles.None,
            CultureInfo.InvariantCulture, out ulong value))
        {
            _counters.Add(new DeviceCounter(device, SafeText.Escape(name.Trim(), 80), value));
        }

        return true;
    }

    [GeneratedRegex(@"^(?<name>[\w\[\]().,: -]{1,80}): +(?<value>-?\d{1,20})$", RegexOptions.CultureInvariant)]
    private static partial Regex Counter();

    // rx_csum_offload_errors (igb, ixgbe), port.rx_csum_bad (i40e), rx_udp_checksum_errs (be2net), bad_csum (ena),
    // rx_tcp_udp_chksum_err (sfc), l3l4_csum_err (hns3). What was not verified (csum_none, csum_unchecked) is no fault.
    [GeneratedRegex(@"(?:csum|chksum|checksum)[\w.]*(?:err|bad|fail|wrong|inval)|(?:bad|err\w*|fail\w*|inval\w*)_[\w.]*(?:csum|chksum|checksum)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Wrong();
}

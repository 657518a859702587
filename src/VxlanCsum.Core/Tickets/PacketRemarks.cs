using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Causes;
using VxlanCsum.Diagnoses;
using VxlanCsum.TcpdumpText;

namespace VxlanCsum.Tickets;

/// <summary>
/// What printed packets show beside their checksums: SYNs that were sent again, and after how long; pings that are
/// answered while connections are not; tunnel packets that passed routers. And how they were printed.
/// </summary>
internal sealed partial class PacketRemarks
{
    private readonly SynWaits<string> _waits = new();
    private double _time = double.NaN;
    private long _replies;
    private PacketSign? _routed;

    /// <summary>How they were printed.</summary>
    public PrintedForm Form { get; } = new();

    /// <summary>Reads a line.</summary>
    public void Add(string line)
    {
        if (line.Length is 0 or > 4000)
        {
            return;
        }

        Form.Add(line);
        if (Clock().Match(line) is { Success: true } clock)
        {
            _time = TimeSpan.Parse(clock.Groups["time"].Value[..8], CultureInfo.InvariantCulture).TotalSeconds
                + double.Parse("0" + clock.Groups["time"].Value[8..], CultureInfo.InvariantCulture);
            Route(line);
        }

        Segment(line);
        _replies += line.Contains("ICMP echo reply", StringComparison.Ordinal) ? 1 : 0;
    }

    /// <summary>What is to be said, each with a stable id.</summary>
    public IEnumerable<TicketRemark> Remarks() =>
        _waits.Signs(_replies, static flow => flow).Concat(_routed is null ? [] : [_routed])
            .Select(static s => new TicketRemark(s.Id, s.Message));

    private void Route(string line) => _routed ??= Hops().Match(line) is { Success: true } hops
        ? PacketSign.Routed(int.Parse(hops.Groups["ttl"].Value, CultureInfo.InvariantCulture)) : null;

    private void Segment(string line)
    {
        if (Syn().Match(line) is not { Success: true } syn)
        {
            return;
        }

        string from = syn.Groups["from"].Value, to = syn.Groups["to"].Value;
        if (syn.Groups["flags"].Value == "S.")
        {
            // The answer names both ends the other way round.
            _waits.Answer(Flow(to, from));
            return;
        }

        _waits.Syn(Flow(from, to), double.IsNaN(_time) ? TimeSpan.Zero : TimeSpan.FromSeconds(_time));
    }

    private static string Flow(string from, string to) => $"{Text.SafeText.Escape(from, 80)} > "
        + $"{Text.SafeText.Escape(to, 80)}";

    [GeneratedRegex(@"(?<from>\S{1,100}) > (?<to>\S{1,100}): Flags \[(?<flags>S\.?)[^\]]{0,6}\]", RegexOptions.CultureInvariant)]
    private static partial Regex Syn();

    [GeneratedRegex(@"^\s*(?:\d{4}-\d\d-\d\d )?(?<time>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6})\b", RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    // Of a tunnel packet: the line of its header has the length of something that carries UDP.
    [GeneratedRegex(@"\(tos 0x[0-9a-f]+(?:,ECT\(\d\)|,CE)?, ttl (?<ttl>\d{1,3}),.*proto UDP \(17\)", RegexOptions.CultureInvariant)]
    private static partial Regex Hops();
}

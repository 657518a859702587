using System.Globalization;
using System.Text.RegularExpressions;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>
/// What printed packets show beside their checksums: SYNs that were sent again, and after how long; pings that are
/// answered while connections are not; tunnel packets that passed routers. And how they were printed.
/// </summary>
internal sealed partial class PacketRemarks
{
    private const int MostFlows = 10_000;

    /// <summary>Senders begin with one of these (net.ipv4.ip_default_ttl, and what others use).</summary>
    private static readonly int[] s_begin = [64, 128, 255];

    private readonly Dictionary<string, (double First, double Last, int Count)> _syns = new(StringComparer.Ordinal);
    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private double _time = double.NaN;
    private long _echoes, _replies;
    private int _hops;
    private string? _routed;

    /// <summary>Headers were printed: tcpdump ran with -v.</summary>
    public bool IsVerbose { get; private set; }

    /// <summary>The form of tcpdump before 4.0, which did not say what a checksum should be.</summary>
    public bool IsOld { get; private set; }

    /// <summary>Packets were cut by the snapshot length.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Lines were picked out by another program.</summary>
    public bool IsFiltered { get; private set; }

    /// <summary>Reads a line.</summary>
    public void Add(string line)
    {
        if (line.Length is 0 or > 4000)
        {
            return;
        }

        IsVerbose |= line.Contains("(tos 0x", StringComparison.Ordinal)
            || line.Contains("(hlim ", StringComparison.Ordinal)
            || line.Contains("(class 0x", StringComparison.Ordinal)
            || line.Contains("(flowlabel ", StringComparison.Ordinal);
        IsOld |= OldForm().IsMatch(line);
        IsCut |= line.Contains("[|", StringComparison.Ordinal);
        IsFiltered |= Filtered().IsMatch(line);
        if (Clock().Match(line) is { Success: true } clock)
        {
            _time = TimeSpan.Parse(clock.Groups["time"].Value[..8], CultureInfo.InvariantCulture).TotalSeconds
                + double.Parse("0" + clock.Groups["time"].Value[8..], CultureInfo.InvariantCulture);
            Route(line);
        }

        Segment(line);
        _echoes += line.Contains("ICMP echo request", StringComparison.Ordinal) ? 1 : 0;
        _replies += line.Contains("ICMP echo reply", StringComparison.Ordinal) ? 1 : 0;
    }

    /// <summary>What is to be said, each with a stable id.</summary>
    public IEnumerable<TicketRemark> Remarks()
    {
        (string Flow, (double First, double Last, int Count) Seen)[] again =
            [.. _syns.Where(static s => s.Value.Count > 1).Select(static s => (s.Key, s.Value))];
        if (again.Length > 0)
        {
            (string flow, (double First, double Last, int Count) seen) = again[0];
            bool answered = _answered.Contains(flow);
            string within = Phrase.Seconds(TimeSpan.FromSeconds(Math.Max(0, seen.Last - seen.First))),
                end = answered ? "and answered then" : "and no answer is seen";
            yield return new TicketRemark("SynSentAgain",
                Phrase.Text($"The SYN {flow} was sent {seen.Count} times within {within}, {end}: ")
                + "the first was lost, or its answer."
                + " The fault does that: a retransmitted SYN carries no mark, and misses the NAT; so does any other "
                    + "loss.");
        }

        long unanswered = _syns.Keys.LongCount(f => !_answered.Contains(f));
        if (_echoes > 0 && _replies > 0 && _syns.Count > 0 && unanswered == _syns.Count)
        {
            yield return new TicketRemark("IcmpPassesTcpDoesNot",
                $"Pings are answered ({_replies}), {Phrase.Count(unanswered, "SYN is", "SYNs are")} not: what is lost "
                    + $"depends on the protocol, not on the way. Wrong checksums do that, and so do policies and "
                    + $"ports that nobody listens on.");
        }

        if (_routed is not null)
        {
            yield return new TicketRemark("TunnelPacketsRouted",
                $"{_routed}: the tunnel packet passed {Phrase.Count(_hops, "router", "routers")} before it was "
                    + $"captured. What changed it may stand on the way, and need not be its sender.");
        }
    }

    private void Route(string line)
    {
        if (_routed is null && Hops().Match(line) is { Success: true } hops
            && int.Parse(hops.Groups["ttl"].Value, CultureInfo.InvariantCulture) is var ttl and > 1
            && s_begin.FirstOrDefault(b => b >= ttl) is var begin and > 0 && begin - ttl is > 0 and < 32)
        {
            _hops = begin - ttl;
            _routed = Phrase.Text($"ttl {ttl}");
        }
    }

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
            _answered.Add(Flow(to, from));
            return;
        }

        string flow = Flow(from, to);
        if (_syns.TryGetValue(flow, out (double First, double Last, int Count) seen))
        {
            // One packet seen at two places comes at once; a retransmission takes 0.2 s at least.
            bool isAgain = _time - seen.Last > 0.2;
            _syns[flow] = isAgain ? (seen.First, _time, seen.Count + 1) : seen;
        }
        else if (_syns.Count < MostFlows)
        {
            _syns[flow] = (_time, _time, 1);
        }
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

    [GeneratedRegex(@"cksum [0-9a-f]{4}!", RegexOptions.CultureInvariant)]
    private static partial Regex OldForm();

    [GeneratedRegex(@"\btcpdump\b.*\|\s*(?:[ez]?grep|awk|sed|head|tail|rg)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Filtered();
}

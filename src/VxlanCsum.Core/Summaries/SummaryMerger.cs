using VxlanCsum.Text;

namespace VxlanCsum.Summaries;

/// <summary>Adds up summaries of several captures, wherever they were made. The order does not matter; memory is
/// bounded as <see cref="SummaryBuilder"/>'s is.</summary>
internal sealed class SummaryMerger
{
    private readonly HashSet<(string, long, long, DateTime?, DateTime?)> _seen = [];
    private readonly SortedDictionary<(ChecksumProtocol, ChecksumStatus, ChecksumCause), long> _checksums = [];
    private readonly SortedDictionary<ChecksumCause, long> _causes = [];
    private readonly Dictionary<(TunnelType, int?), TunnelCount> _tunnels = [];
    private readonly Dictionary<(string, string), long> _talkers = [];
    private CaptureSummary _sum = new() { Path = string.Empty, Complete = true };

    /// <summary>Summaries added.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one.</summary>
    /// <returns>False where the same was added before: a shard that ran twice must not count twice.</returns>
    public bool Add(CaptureSummary summary)
    {
        if (!_seen.Add((summary.Path, summary.Packets, summary.CapturedBytes, summary.FirstTimestamp,
            summary.LastTimestamp)))
        {
            return false;
        }

        Count++;
        _sum = _sum with
        {
            Packets = _sum.Packets + summary.Packets,
            Bytes = _sum.Bytes + summary.Bytes,
            CapturedBytes = _sum.CapturedBytes + summary.CapturedBytes,
            FirstTimestamp = Earlier(_sum.FirstTimestamp, summary.FirstTimestamp),
            LastTimestamp = Later(_sum.LastTimestamp, summary.LastTimestamp),
            Good = _sum.Good + summary.Good,
            NotPresent = _sum.NotPresent + summary.NotPresent,
            Partial = _sum.Partial + summary.Partial,
            Unverified = _sum.Unverified + summary.Unverified,
            Illegal = _sum.Illegal + summary.Illegal,
            Bad = _sum.Bad + summary.Bad,
            Dropped = _sum.Dropped is null ? summary.Dropped : _sum.Dropped + (summary.Dropped ?? 0),
            Complete = _sum.Complete && summary.Complete,
        };
        foreach (ChecksumCount count in summary.Checksums)
        {
            Sum(_checksums, (count.Protocol, count.Status, count.Cause), count.Count);
        }

        foreach (CauseCount count in summary.Causes)
        {
            Sum(_causes, count.Cause, count.Packets);
        }

        foreach (TunnelCount tunnel in summary.Tunnels)
        {
            Add(tunnel);
        }

        foreach (FaultyTalker talker in summary.FaultyTalkers.Where(
            t => _talkers.Count < SummaryBuilder.MaxTalkers || _talkers.ContainsKey((t.Source, t.Destination))))
        {
            Sum(_talkers, (talker.Source, talker.Destination), talker.Packets);
        }

        return true;
    }

    /// <summary>What was added, as of one capture.</summary>
    /// <param name="name">What stands for its path.</param>
    public CaptureSummary Build(string name) => _sum with
    {
        Path = SafeText.Path(name),
        Checksums = _checksums.Select(static c => new ChecksumCount(c.Key.Item1, c.Key.Item2, c.Key.Item3, c.Value))
            .ToArray(),
        Causes = _causes.Select(static c => new CauseCount(c.Key, c.Value)).ToArray(),
        Tunnels = _tunnels.Values.OrderByDescending(static t => t.Packets).ThenBy(static t => t.TunnelType)
            .ThenBy(static t => t.Vni).ToArray(),
        FaultyTalkers = _talkers.Select(static t => new FaultyTalker(t.Key.Item1, t.Key.Item2, t.Value))
            .OrderByDescending(static t => t.Packets).ThenBy(static t => t.Source, StringComparer.Ordinal)
            .ThenBy(static t => t.Destination, StringComparer.Ordinal).ToArray(),
    };

    private void Add(TunnelCount tunnel)
    {
        (TunnelType, int?) key = (tunnel.TunnelType, tunnel.Vni);
        if (_tunnels.TryGetValue(key, out TunnelCount? known))
        {
            _tunnels[key] = known with
            {
                Packets = known.Packets + tunnel.Packets,
                Bytes = known.Bytes + tunnel.Bytes,
                Faulty = known.Faulty + tunnel.Faulty
            };
        }
        else if (_tunnels.Count < SummaryBuilder.MaxTunnels)
        {
            _tunnels.Add(key, tunnel);
        }
    }

    private static void Sum<T>(IDictionary<T, long> counts, T key, long more) =>
        counts[key] = more + (counts.TryGetValue(key, out long known) ? known : 0);

    private static DateTime? Earlier(DateTime? one, DateTime? other) => one is null || other < one ? other ?? one : one;

    private static DateTime? Later(DateTime? one, DateTime? other) => one is null || other > one ? other ?? one : one;
}

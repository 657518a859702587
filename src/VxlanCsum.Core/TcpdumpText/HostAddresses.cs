using System.Net;
using System.Net.Sockets;
using VxlanCsum.Checksums;
using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>What is known of the addresses behind printed names: told, offered as candidates, or learned from packets
/// that agree.</summary>
internal sealed class HostAddresses
{
    /// <summary>Bounds for what a hostile text can make us remember.</summary>
    private const int MaxKeys = 4096, MaxSums = 256;

    /// <summary>
    /// Of the packets of a host that are called bad at least one in so many must agree. Two of many agree by chance;
    /// when a device completes checksums later, nearly all of them do.
    /// </summary>
    private const int Agreement = 8;

    private readonly Dictionary<string, IPAddress[]> _told = new(StringComparer.OrdinalIgnoreCase);
    private readonly IPAddress[] _candidates;
    private readonly Dictionary<string, Votes> _votes = new(StringComparer.Ordinal);

    /// <param name="told">Addresses of names: facts.</param>
    /// <param name="candidates">Addresses that any printed name may stand for: each proves itself, or not, by a seed
    /// that fits.</param>
    public HostAddresses(IEnumerable<KeyValuePair<string, IPAddress[]>>? told = null,
        IEnumerable<IPAddress>? candidates = null)
    {
        foreach ((string name, IPAddress[] addresses) in told ?? [])
        {
            _told[name] = addresses;
            _told[name.TrimEnd('.')] = addresses;
        }

        _candidates = [.. candidates ?? []];
    }

    /// <summary>How a field that tcpdump calls bad compares to the seeds its packet may have.</summary>
    public SeedMatch Match(TextLayer layer)
    {
        if (layer.Source is null || layer.Destination is null)
        {
            return SeedMatch.AddressUnknown;
        }

        bool certain = Sums(layer.Source, layer.IsIPv6, out List<ushort> sources)
            & Sums(layer.Destination, layer.IsIPv6, out List<ushort> destinations);
        ushort found = (ushort)layer.Record.Found;
        if (layer.PseudoLengths.Any(length => sources.Exists(source => destinations.Exists(destination =>
            NatModel.AreEqual(PseudoHeader.Seed(source, destination, layer.PseudoProtocol, length), found)))))
        {
            return SeedMatch.Seed;
        }

        // A seed with both names unknown is told by the sum of both addresses.
        return Equation(layer) is { } equation && _votes.TryGetValue(equation.Key, out Votes? votes)
            && votes.IsLearned(equation.Sum) ? SeedMatch.Agreement
            : !certain ? SeedMatch.AddressUnknown
            : layer.PseudoLengths.Count == 0 ? SeedMatch.LengthUnknown
            : SeedMatch.NoSeed;
    }

    /// <summary>
    /// If the field is a seed it tells what its host's address, or two hosts' together, sums to. Remembers that.
    /// </summary>
    /// <param name="layer">Called bad, with a name for an address.</param>
    /// <param name="host">Of which host, or hosts, it tells; null where it tells nothing.</param>
    /// <returns>True when by this packet at least two with different fields agree.</returns>
    public bool Learn(TextLayer layer, out string? host)
    {
        host = null;
        // All ones is what NAT makes of a zero checksum: the one field that agrees for another reason.
        if (layer.Record.Found == ushort.MaxValue || Equation(layer) is not { } equation)
        {
            return false;
        }

        host = equation.Key;
        if (!_votes.TryGetValue(host, out Votes? votes))
        {
            if (_votes.Count >= MaxKeys)
            {
                return false;
            }

            _votes[host] = votes = new Votes();
        }

        return votes.Add(equation.Sum, (ushort)layer.Record.Found);
    }

    private (string Key, ushort Sum)? Equation(TextLayer layer)
    {
        if (layer.PseudoLengths.Count != 1 || layer.Source is null || layer.Destination is null)
        {
            return null;
        }

        bool knowsSource = Sums(layer.Source, layer.IsIPv6, out List<ushort> sources),
            knowsDestination = Sums(layer.Destination, layer.IsIPv6, out List<ushort> destinations);
        if ((knowsSource && knowsDestination) || (knowsSource && sources.Count != 1)
            || (knowsDestination && destinations.Count != 1))
        {
            return null;
        }

        ushort known = knowsSource ? sources[0] : knowsDestination ? destinations[0] : (ushort)0;
        string family = layer.IsIPv6 ? "6 " : "4 ", a = layer.Source.Host, b = layer.Destination.Host;
        string key = family + (knowsSource ? b
            : knowsDestination ? a : string.CompareOrdinal(a, b) < 0 ? $"{a}\n{b}" : $"{b}\n{a}");
        ushort sum = PseudoHeader.ImpliedAddressSum((ushort)layer.Record.Found, known, layer.PseudoProtocol,
            layer.PseudoLengths[0]);
        return (key, (ushort)(sum % 0xffff));
    }

    /// <summary>Sums of the addresses that an end may have; true when they are facts and not candidates.</summary>
    private bool Sums(TextEndpoint endpoint, bool isIPv6, out List<ushort> sums)
    {
        AddressFamily family = isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        if (endpoint.Address is not null)
        {
            sums = [PseudoHeader.AddressSum(endpoint.Address)];
            return true;
        }

        bool told = _told.TryGetValue(endpoint.Host, out IPAddress[]? addresses)
            || _told.TryGetValue(endpoint.Host.TrimEnd('.'), out addresses);
        if (!told)
        {
            addresses = IsLoopback(endpoint.Host)
                ? [isIPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, .. _candidates] : _candidates;
        }

        sums = [.. addresses!.Where(address => address.AddressFamily == family).Select(PseudoHeader.AddressSum)];
        return told && sums.Count > 0;
    }

    private static bool IsLoopback(string host) =>
        host.StartsWith("localhost", StringComparison.OrdinalIgnoreCase)
            || host.StartsWith("ip6-l", StringComparison.OrdinalIgnoreCase);

    /// <summary>The sums that packets of one host imply, and with which fields.</summary>
    private sealed class Votes
    {
        private readonly Dictionary<ushort, HashSet<ushort>> _fields = [];
        private readonly HashSet<ushort> _learned = [];
        private int _distinct;

        public bool IsLearned(ushort sum) => _learned.Contains(sum);

        /// <summary>True when the sum is learned by this vote.</summary>
        public bool Add(ushort sum, ushort field)
        {
            if (!_fields.TryGetValue(sum, out HashSet<ushort>? fields))
            {
                if (_fields.Count >= MaxSums)
                {
                    return false;
                }

                _fields[sum] = fields = [];
            }

            if (fields.Count >= MaxSums || !fields.Add(field))
            {
                return false;
            }

            _distinct++;
            return fields.Count >= 2 && fields.Count * Agreement >= _distinct && _learned.Add(sum);
        }
    }
}

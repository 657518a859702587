using System.Globalization;
using System.Net;
using VxlanCsum.Text;

namespace VxlanCsum.Connections;

/// <summary>What a line of `conntrack -L`, `conntrack -E` or /proc/net/nf_conntrack can be.</summary>
internal enum ConntrackLineKind
{
    /// <summary>Not conntrack's: a prompt, prose, its own count at the end.</summary>
    Other,

    /// <summary>A flow that is no tunnel's.</summary>
    OtherFlow,

    /// <summary>A tunnel's flow.</summary>
    TunnelFlow,

    /// <summary>Conntrack's, but damaged, cut or masked.</summary>
    Unreadable,
}

/// <summary>Reads one line: words, of which each "src=" begins a direction (conntrack-tools and libnetfilter_conntrack
/// 1.4 to 1.4.8).</summary>
internal sealed class ConntrackLine
{
    private const int Original = 0, Reply = 1, Directions = 2;
    private readonly IPAddress?[] _source = new IPAddress?[Directions], _destination = new IPAddress?[Directions];
    private readonly ushort?[] _sourcePort = new ushort?[Directions], _destinationPort = new ushort?[Directions];
    private readonly string? _path;
    private int _direction = -1;
    private bool _isUdp, _hasAddress, _isDamaged;
    private string? _event;
    private int? _expiresIn;
    private long? _packets, _bytes;
    private DateTime? _time, _since;
    private TimeSpan? _age;
    private ushort _zone;

    private ConntrackLine(string? path) => _path = path is null ? null : SafeText.Path(path);

    /// <param name="line">Without its end.</param>
    /// <param name="ports">The tunnels' destination ports.</param>
    /// <param name="path">Where it is from.</param>
    /// <param name="binding">The flow, where it is a tunnel's.</param>
    public static ConntrackLineKind Read(ReadOnlySpan<char> line, IReadOnlySet<ushort> ports, string? path,
        out VxlanNatBinding? binding)
    {
        binding = null;
        if (!line.Contains("src=", StringComparison.Ordinal) || !line.Contains("dst=", StringComparison.Ordinal))
        {
            return ConntrackLineKind.Other;
        }

        var words = new ConntrackLine(path);
        words.Take(line);
        return words.Kind(ports, out binding);
    }

    private void Take(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> before = default;
        while (TryNext(ref line, out ReadOnlySpan<char> word))
        {
            int equals = word.IndexOf('=');
            if (word[0] == '[')
            {
                TakeBracket(word);
            }
            else if (equals > 0)
            {
                Take(word[..equals], word[(equals + 1)..]);
            }
            else
            {
                // "udp      17 29": the protocol's name and number, then the seconds left.
                if (_isUdp && before is "17" && _direction < 0)
                {
                    _expiresIn = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
                        ? seconds : null;
                }

                _isUdp |= word is "udp" && _direction < 0;
                before = word;
            }
        }
    }

    private void Take(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "src":
                _direction++;
                _hasAddress |= Address(_source, value);
                break;
            case "dst":
                Address(_destination, value);
                break;
            case "sport":
                Port(_sourcePort, value);
                break;
            case "dport":
                Port(_destinationPort, value);
                break;
            case "packets" when _direction == Original:
                _packets = Count(value);
                break;
            case "bytes" when _direction == Original:
                _bytes = Count(value);
                break;
            case "zone" or "zone-orig":
                Zone(value);
                break;
            case "delta-time":
                _age = Seconds(value);
                break;
        }
    }

    private void TakeBracket(ReadOnlySpan<char> word)
    {
        ReadOnlySpan<char> inside = word.TrimStart('[').TrimEnd(']').Trim();
        const string Start = "start=";
        if (inside is "NEW" or "UPDATE" or "DESTROY")
        {
            _event = inside.ToString();
        }
        else if (inside.StartsWith(Start, StringComparison.Ordinal))
        {
            // Of ctime(3): the local time of the machine that printed it, whichever that is.
            _since = DateTime.TryParseExact(inside[Start.Length..], "ddd MMM d HH:mm:ss yyyy",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AllowInnerWhite, out DateTime start) ? start : null;
        }
        else if (double.TryParse(inside, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double epoch)
            && epoch is > 0 and < uint.MaxValue)
        {
            _time = DateTime.UnixEpoch.AddSeconds(epoch);
        }
    }

    private void Zone(ReadOnlySpan<char> value) =>
        _zone = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort zone) ? zone : _zone;

    private static TimeSpan? Seconds(ReadOnlySpan<char> value) =>
        Count(value) is { } seconds and < int.MaxValue ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Both ends of a direction; null where one is not told.</summary>
    private (IPEndPoint Source, IPEndPoint Destination)? Ends(int direction) =>
        _source[direction] is { } source && _sourcePort[direction] is { } sourcePort
            && _destination[direction] is { } destination && _destinationPort[direction] is { } destinationPort
            ? (new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort)) : null;

    private ConntrackLineKind Kind(IReadOnlySet<ushort> ports, out VxlanNatBinding? binding)
    {
        binding = null;
        if (!_isUdp)
        {
            return _hasAddress ? ConntrackLineKind.OtherFlow : ConntrackLineKind.Other;
        }

        if (_destinationPort[Original] is { } port && !ports.Contains(port))
        {
            return ConntrackLineKind.OtherFlow;
        }

        if (_isDamaged || Ends(Original) is not var (from, to) || Ends(Reply) is not var (answering, answered))
        {
            return ConntrackLineKind.Unreadable;
        }

        binding = new VxlanNatBinding
        {
            Family = from.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? NetfilterFamily.IPv6 : NetfilterFamily.IPv4,
            OldAddress = from.Address,
            OldPort = (ushort)from.Port,
            NewAddress = answered.Address,
            NewPort = (ushort)answered.Port,
            DestinationAddress = to.Address,
            DestinationPort = (ushort)to.Port,
            NewDestinationAddress = answering.Address,
            NewDestinationPort = (ushort)answering.Port,
            Since = _event == "NEW" ? _time : _since,
            Age = _age,
            Packets = _packets,
            Bytes = _bytes,
            ExpiresIn = _expiresIn,
            Event = _event,
            Zone = _zone,
            Path = _path,
        };
        return ConntrackLineKind.TunnelFlow;
    }

    private bool Address(IPAddress?[] place, ReadOnlySpan<char> value)
    {
        if (_direction is < Original or > Reply || !IPAddress.TryParse(value, out IPAddress? address))
        {
            _isDamaged = true;
            return false;
        }

        place[_direction] = address;
        return true;
    }

    private void Port(ushort?[] place, ReadOnlySpan<char> value)
    {
        bool read = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
        _isDamaged |= !read || _direction is < Original or > Reply;
        if (read && _direction is Original or Reply)
        {
            place[_direction] = port;
        }
    }

    private static long? Count(ReadOnlySpan<char> value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;

    /// <summary>Words end at white space, but what stands in brackets is one.</summary>
    private static bool TryNext(scoped ref ReadOnlySpan<char> line, out ReadOnlySpan<char> word)
    {
        line = line.TrimStart();
        int end = line.IsEmpty ? 0 : line[0] == '[' && line.IndexOf(']') is > 0 and int closing ? closing + 1
            : line.IndexOfAny(" \t");
        word = end < 0 ? line : line[..end];
        line = line[word.Length..];
        return !word.IsEmpty;
    }
}

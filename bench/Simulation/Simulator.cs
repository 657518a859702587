using System.Globalization;
using System.Net;

namespace VxlanCsum.Simulation;

/// <summary>
/// Makes captures of which the truth is known: frames built by <see cref="TunnelFrame"/> with arithmetic of its own,
/// then treated as
/// kernels, devices, translators and editors treat them. The same seed gives the same captures.
/// </summary>
internal sealed class Simulator(int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<SimulatedFrame> _frames = [];
    private Truth _truth;
    private bool _ipv6, _outerOn, _atSender, _routed, _otherRange;
    private string _source = "", _destination = "", _newSource = "", _newDestination = "";
    private int _tunnelPort, _flows, _each, _change, _damage, _stuckPlace, _stuckBit, _spoilt;
    private bool _stuckAt, _mendsHeader, _editsInner, _toDestination, _rightOverSeed;
    private double _share;
    private double _clock;

    /// <summary>A capture of that truth.</summary>
    public SimulatedCapture Make(Truth truth)
    {
        _truth = truth;
        do
        {
            _frames.Clear();
            Choose();
            FillDirection();
        }
        while (_spoilt == 0 && truth is not (Truth.Healthy or Truth.Unfinished));

        AddOutliers();
        bool readdressed = truth is Truth.DefectAAddress or Truth.DefectBAddress or Truth.Translated
            or Truth.Anonymised;
        return new SimulatedCapture(
            truth, [.. _frames.OrderBy(static f => f.Time)], readdressed ? _newSource : _source,
            readdressed ? _newDestination : _destination,
            Chance(0.2) ? [_source, Address()] : [], _flows, _each);
    }

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private int Pick(params int[] values) => values[_random.Next(values.Length)];

    /// <summary>The setting: who speaks to whom through which tunnel, how much, and where it is captured.</summary>
    private void Choose()
    {
        _ipv6 = Chance(0.15);
        _tunnelPort = Pick(4789, 4789, 4789, 8472, 8472, 8472, 6081);
        (_source, _destination) = (Address(), Address());
        _newSource = _truth is Truth.DefectAPort or Truth.DefectBPort ? _source
            : Chance(0.5) ? Neighbour(_source) : Address();
        _newDestination = _destination;
        _toDestination = Chance(0.2);
        if (_truth == Truth.Anonymised)
        {
            _newDestination = Chance(0.5) ? Neighbour(_destination) : Address();
        }
        else if (_truth == Truth.Translated && _toDestination)
        {
            (_newSource, _newDestination) = (_source, Chance(0.5) ? Neighbour(_destination) : Address());
        }

        _outerOn = _truth switch
        {
            Truth.DefectAPort or Truth.DefectAAddress => false,
            Truth.DefectBPort or Truth.DefectBAddress or Truth.Translated or Truth.Anonymised => true,
            _ => Chance(0.7),
        };
        _atSender = _truth == Truth.Unfinished
            || (_truth is Truth.DefectAPort or Truth.DefectAAddress or Truth.DefectBPort or Truth.DefectBAddress
                && Chance(0.25));
        _routed = !_atSender && Chance(_truth == Truth.Translated ? 0.9 : 0.3);
        _otherRange =
            _truth is not (Truth.DefectAPort or Truth.DefectAAddress or Truth.DefectBPort or Truth.DefectBAddress)
                && Chance(0.1);
        _flows = Pick(1, 1, 2, 3, 3, 5, 8);
        _each = Pick(1, 2, 2, 3, 6);
        _share = Chance(0.6) ? 1 : 0.5;
        _change = _random.Next(3);
        _damage = _random.Next(3);
        _stuckPlace = _random.Next(1 << 16);
        _stuckBit = _random.Next(8);
        _stuckAt = Chance(0.4);
        _mendsHeader = Chance(0.7);
        _editsInner = Chance(0.4);
        _rightOverSeed = Chance(0.7);
        _spoilt = 0;
        _clock = 1000;
    }

    private string Address() => _ipv6
        ? string.Create(CultureInfo.InvariantCulture,
            $"fd{_random.Next(256):x2}:{_random.Next(1, 65536):x}::{_random.Next(1, 65535):x}")
        : string.Create(CultureInfo.InvariantCulture,
            $"{Pick(10, 172, 192)}.{_random.Next(1, 255)}.{_random.Next(256)}.{_random.Next(1, 255)}");

    /// <summary>An address of the same network.</summary>
    private string Neighbour(string address)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        byte old = bytes[^1];
        do
        {
            bytes[^1] = (byte)_random.Next(1, 255);
        }
        while (bytes[^1] == old);
        return new IPAddress(bytes).ToString();
    }

    private int Port() => _otherRange ? _random.Next(49152, 65536) : _random.Next(32768, 61000);

    private void FillDirection()
    {
        bool both = Chance(0.6), pings = Chance(0.4), arps = Chance(0.3);
        for (int f = 0; f < _flows; f++)
        {
            AddFlow(f, both);
        }

        for (int i = 0; pings && i < 3; i++)
        {
            AddOther(Frame(100, 1, i, Port()), both);
        }

        for (int i = 0; arps && i < 2; i++)
        {
            AddOther(Frame(101, 0, i, Port()), both);
        }
    }

    /// <summary>ICMP and ARP are finished by the kernel, so no defect of offloading keeps them from being
    /// answered.</summary>
    private void AddOther(TunnelFrame frame, bool both)
    {
        Add(frame, isLocal: false, affected: true, newPort: 0);
        if (both)
        {
            Answer(frame);
        }
    }

    private void AddFlow(int flow, bool both)
    {
        int protocol = Pick(6, 17), port = Port(), newPort = _random.Next(1024, 65536);
        bool affected = _frames.Count == 0 || Chance(_share);
        for (int i = 0; i < _each; i++)
        {
            TunnelFrame frame = Frame(flow, protocol, i, port);
            byte[] bytes = Add(frame, isLocal: true, affected, newPort);
            if (Chance(0.2))
            {
                _frames.Add(new SimulatedFrame([.. bytes], TimeSpan.FromSeconds(_clock + 1)));
            }

            bool answered =
                _truth is not (Truth.DefectAPort or Truth.DefectAAddress or Truth.DefectBPort or Truth.DefectBAddress)
                    || !affected;
            if (both && answered && _truth != Truth.DeviceForgets)
            {
                Answer(frame);
            }
        }

        if (affected && _truth is Truth.DefectAPort or Truth.DefectAAddress or Truth.DefectBPort or Truth.DefectBAddress
            && Chance(0.3))
        {
            // A later packet without the mark.
            TunnelFrame healed = Frame(flow, protocol, 50, Port());
            Push(_atSender ? (_outerOn ? healed.LocalOffload() : healed.SeedOnly()) : Whole(healed));
        }
    }

    private TunnelFrame Frame(int flow, int protocol, int number, int port) => new()
    {
        Source = _source,
        Destination = _destination,
        SourcePort = port,
        TunnelPort = _tunnelPort,
        Protocol = protocol,
        InnerSource = $"10.244.1.{1 + (flow % 3)}",
        InnerDestination = $"10.244.2.{1 + (flow % 2)}",
        InnerSourcePort = 40000 + (flow * 37),
        InnerDestinationPort = protocol == 6 ? 443 : 53,
        Payload = _random.Next(0, 200),
        Seed = (flow * 1000) + number + _random.Next(1 << 20),
        Ttl = _routed ? _random.Next(57, 64) : 64,
    };

    private byte[] Whole(TunnelFrame frame) => _outerOn ? frame.Healthy() : frame.WithoutOuter();

    private byte[] Push(byte[] bytes)
    {
        _clock += 0.01 + _random.NextDouble();
        _frames.Add(new SimulatedFrame(bytes, TimeSpan.FromSeconds(_clock)));
        return bytes;
    }

    private void Answer(TunnelFrame to)
    {
        TunnelFrame answer = to with
        {
            Source = to.Destination,
            Destination = to.Source,
            SourcePort = Port(),
            InnerSource = to.InnerDestination,
            InnerDestination = to.InnerSource,
            InnerSourcePort = to.InnerDestinationPort,
            InnerDestinationPort = to.InnerSourcePort,
            Payload = _random.Next(0, 200),
            Seed = _random.Next(1 << 20),
        };
        // Captured behind the translator, where answers are still addressed to the new address.
        byte[] bytes = Whole(_truth == Truth.Translated
            ? answer with { Source = _newDestination, Destination = _newSource } : answer);
        if (_truth == Truth.Anonymised)
        {
            Edit(answer, bytes, _newDestination, _newSource);
        }

        Push(bytes);
    }

    private void Edit(TunnelFrame frame, byte[] bytes, string source, string destination)
    {
        if (_editsInner)
        {
            // One for another, as a prefix-preserving editor does: 10.244.a.b becomes 10.99.a.b.
            frame.ReaddressInner(bytes, frame.InnerSource.Replace(".244.", ".99.", StringComparison.Ordinal),
                frame.InnerDestination.Replace(".244.", ".99.", StringComparison.Ordinal), _mendsHeader);
        }

        frame.Readdress(bytes, source, destination, _mendsHeader);
    }

    private byte[] Add(TunnelFrame frame, bool isLocal, bool affected, int newPort)
    {
        switch (_truth)
        {
            case Truth.Unfinished when isLocal:
                return Push(_outerOn ? frame.LocalOffload() : frame.SeedOnly());
            case Truth.DeviceForgets when isLocal:
                _spoilt++;
                return Push(_outerOn ? (_rightOverSeed ? frame.OuterOverSeed() : frame.LocalOffload())
                    : frame.SeedOnly());
            case Truth.DefectAPort or Truth.DefectAAddress when isLocal && affected:
                _spoilt++;
                return Push(Sent(frame.DefectA(_newSource, newPort), frame));
            case Truth.DefectBPort or Truth.DefectBAddress when isLocal && affected:
                _spoilt++;
                // A third of address-changing rules keep the port.
                return Push(
                    frame.DefectB(_newSource, _truth == Truth.DefectBAddress && _change == 0 ? frame.SourcePort
                        : newPort, completed: !_atSender));
            case Truth.DefectBPort or Truth.DefectBAddress or Truth.DefectAPort or Truth.DefectAAddress:
                return Push(Bystander(frame, isLocal));
            case Truth.Translated:
                _spoilt++;
                return Push(frame.Readdress(frame.Healthy(), _newSource, _newDestination));
            case Truth.Anonymised:
                _spoilt++;
                byte[] edited = frame.Healthy();
                Edit(frame, edited, _newSource, _newDestination);
                return Push(edited);
            case Truth.DamagedAtRandom:
                return Push(Damage(frame, Whole(frame)));
            case Truth.StuckBit:
                return Push(Stuck(frame, Whole(frame)));
            default:
                return Push(Whole(frame));
        }
    }

    /// <summary>A packet beside the broken ones: it has no mark, or nothing unfinished inside.</summary>
    private byte[] Bystander(TunnelFrame frame, bool isLocal)
    {
        bool translated = !isLocal && _newSource != _source;
        TunnelFrame seen = translated ? frame with { Source = _newSource } : frame;
        return _atSender && isLocal ? (_outerOn ? seen.LocalOffload() : seen.SeedOnly()) : Whole(seen);
    }

    private byte[] Sent(byte[] bytes, TunnelFrame frame) => _atSender ? frame.Unfinish(bytes) : bytes;

    private byte[] Damage(TunnelFrame frame, byte[] bytes)
    {
        if (_spoilt > 0 && !Chance(_share == 1 ? 0.8 : 0.2))
        {
            return bytes;
        }

        int[] places = frame.DamageablePlaces(bytes);
        int place = places[_random.Next(places.Length)];
        byte[] before = [.. bytes];
        switch (_damage)
        {
            case 0 when _outerOn:
                bytes[frame.OuterField] = (byte)_random.Next(256);
                bytes[frame.OuterField + 1] = (byte)_random.Next(1, 256);
                break;
            case 1:
                bytes[place] ^= (byte)(1 << _random.Next(8));
                break;
            default:
                bytes[place] = (byte)_random.Next(256);
                break;
        }

        _spoilt += IsSeen(frame, before, bytes) ? 1 : 0;
        return bytes;
    }

    private byte[] Stuck(TunnelFrame frame, byte[] bytes)
    {
        int[] places = frame.DamageablePlaces(bytes);
        // One place for all; a packet that ends before it is spared.
        int index = _stuckPlace % (17 + 16);
        if (index >= places.Length)
        {
            return bytes;
        }

        int place = places[index];
        byte[] before = [.. bytes];
        bytes[place] = _stuckAt ? (byte)(bytes[place] | (1 << _stuckBit)) : (byte)(bytes[place] ^ (1 << _stuckBit));
        _spoilt += IsSeen(frame, before, bytes) ? 1 : 0;
        return bytes;
    }

    /// <summary>Without an outer checksum nothing covers the headers between outer and inner; a change of nothing is
    /// none.</summary>
    private static bool IsSeen(TunnelFrame frame, byte[] before, byte[] after)
    {
        (int found, int right) = frame.Outer(after);
        return !before.AsSpan().SequenceEqual(after)
            && ((found != 0 && found % 65535 != right % 65535) || frame.InnerIsWrong(after));
    }

    /// <summary>One or two damaged packets among the others: no cause may be made or hidden by them.</summary>
    private void AddOutliers()
    {
        if (_truth is Truth.Healthy or Truth.Unfinished or Truth.DeviceForgets or Truth.DamagedAtRandom
            or Truth.StuckBit || _flows * _each < 6 || !Chance(0.2))
        {
            return;
        }

        string source = _newSource == "" ? _source : _newSource;
        for (int i = 0; i < 1 + _random.Next(2); i++)
        {
            TunnelFrame frame = Frame(_random.Next(_flows), 17, 200 + i, Port()) with
            {
                Source = source,
                Destination = _newDestination
            };
            byte[] bytes = Whole(frame);
            bytes[^1] ^= (byte)_random.Next(1, 256);
            Push(bytes);
        }
    }
}
